package dev.embedding.infer;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.embedding.infer.graph.GraphPreparation;
import dev.embedding.infer.graph.GraphPreparation.PreparedFile;
import dev.embedding.infer.graph.GraphPreparation.Wish;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Opens sessions of one model file: of its graph as {@link GraphPreparation} rewrites it, or, where that cannot be made
 * or does not run, of the graph as shipped.
 */
final class SessionOpener {

    private static final System.Logger LOG = System.getLogger(SessionOpener.class.getName());

    private final InferenceRuntime runtime;
    private final Path file;
    private final int padTokenId;
    private final GraphOutput wanted;
    private final boolean asShipped;

    SessionOpener(InferenceRuntime runtime, Path file, int padTokenId, GraphOutput wanted, boolean asShipped) {
        this.asShipped = asShipped;
        this.runtime = runtime;
        this.file = file;
        this.padTokenId = padTokenId;
        this.wanted = wanted;
    }

    /** @param packTokens whether padding is to be kept out of what is not attention, where the graph allows it */
    InferenceSession open(SessionOptions options, boolean packTokens) throws OrtException {
        boolean shipped = asShipped || wanted == GraphOutput.TEXTS || wanted == GraphOutput.TOKENS && !packTokens;
        InferenceSession prepared = shipped ? null : openPrepared(options, packTokens);
        return prepared == null ? InferenceSession.open(runtime, file, options, padTokenId, false, wanted) : prepared;
    }

    private @Nullable InferenceSession openPrepared(SessionOptions options, boolean packTokens) {
        PreparedFile prepared = null;
        try {
            prepared = GraphPreparation.write(
                            file,
                            new Wish(InferenceSession.KNOWN_OUTPUTS, wanted == GraphOutput.FIRST_TOKENS, packTokens))
                    .orElse(null);
            return prepared == null ? null : openChecked(prepared, options);
        } catch (IOException | OrtException | InferenceException failure) {
            LOG.log(System.Logger.Level.WARNING, "The model runs as shipped: {0}", EngineMessage.of(failure));
            return null;
        } finally {
            if (prepared != null) {
                delete(prepared.path());
            }
        }
    }

    private InferenceSession openChecked(PreparedFile prepared, SessionOptions options) throws OrtException {
        InferenceSession session =
                InferenceSession.open(runtime, prepared.path(), options, padTokenId, prepared.packsTokens(), wanted);
        try {
            // A graph that was misunderstood gives another shape than it declares, which ends the run.
            session.run(
                    TokenBatch.of(List.of(new int[] {padTokenId, padTokenId}, new int[] {padTokenId})),
                    new Workspace(),
                    new Termination());
            return session;
        } catch (OrtException | RuntimeException failure) {
            session.close();
            throw failure;
        }
    }

    private static void delete(Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException kept) {
            LOG.log(System.Logger.Level.WARNING, "The temporary file {0} stays", temporary.getFileName());
        }
    }
}
