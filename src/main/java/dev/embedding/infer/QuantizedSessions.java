package dev.embedding.infer;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import org.jspecify.annotations.Nullable;

/** Opens sessions of a model that was quantized here: it runs as it is, and reads its weights beside it. */
final class QuantizedSessions implements Sessions {

    private final InferenceRuntime runtime;
    private final GraphSource.Quantized source;
    private final int padTokenId;
    private final boolean wantsVectors;
    private volatile @Nullable GraphForm form;

    /** @param wantsVectors whether a graph that could be rewritten was given a head */
    QuantizedSessions(InferenceRuntime runtime, GraphSource.Quantized source, int padTokenId, boolean wantsVectors) {
        this.runtime = runtime;
        this.source = source;
        this.padTokenId = padTokenId;
        this.wantsVectors = wantsVectors;
    }

    @Override
    public InferenceSession open(SessionOptions options, ExecutionTarget place) throws OrtException {
        GraphOutput output = wantsVectors ? GraphOutput.TOKENS : GraphOutput.TEXTS;
        InferenceSession session = InferenceSession.open(runtime, source.path(), options, padTokenId, false, output);
        GraphForm changed = source.built() ? GraphForm.BUILT : GraphForm.REWRITTEN;
        form = wantsVectors && session.pools() ? changed : GraphForm.AS_SHIPPED;
        return session;
    }

    @Override
    public GraphForm form() {
        return form == null ? GraphForm.AS_SHIPPED : form;
    }

    @Override
    public void close() {
        // The file is opened anew for each session.
    }
}
