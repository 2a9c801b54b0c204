package dev.embedding.infer;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.embedding.infer.graph.GraphPreparation;
import dev.embedding.infer.graph.GraphPreparation.PreparedFile;
import dev.embedding.infer.graph.GraphPreparation.Wish;
import dev.embedding.infer.runtime.EngineMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Opens sessions of one model file: of its graph as {@link GraphPreparation} rewrites it, or, where that cannot be made,
 * does not run or gives other numbers, of the graph as shipped.
 */
final class SessionOpener {

    private static final System.Logger LOG = System.getLogger(SessionOpener.class.getName());

    /** Another order of sums stays far below; whatever is computed otherwise is far above. */
    private static final double TOLERANCE_ON_CPU = 1e-4;

    /** GPUs multiply with 10 bits of a fraction (TF32). */
    private static final double TOLERANCE_ON_CUDA = 2e-2;

    private final InferenceRuntime runtime;
    private final Path file;
    private final int padTokenId;
    private final GraphOutput wanted;
    private final Optional<GraphComparison> comparison;
    private volatile boolean asShipped;

    /** @param comparison empty where the graph must run as shipped */
    SessionOpener(
            InferenceRuntime runtime,
            Path file,
            int padTokenId,
            GraphOutput wanted,
            Optional<GraphComparison> comparison) {
        this.runtime = runtime;
        this.file = file;
        this.padTokenId = padTokenId;
        this.wanted = wanted;
        this.comparison = comparison;
        this.asShipped = comparison.isEmpty();
    }

    /** On a CPU padding is kept out of what is not attention, where the graph allows it. */
    InferenceSession open(SessionOptions options, ExecutionTarget place) throws OrtException {
        boolean packTokens = place == ExecutionTarget.CPU;
        boolean shipped = asShipped || wanted == GraphOutput.TEXTS || wanted == GraphOutput.TOKENS && !packTokens;
        InferenceSession prepared = shipped ? null : openPrepared(options, place, packTokens);
        return prepared == null ? InferenceSession.open(runtime, file, options, padTokenId, false, wanted) : prepared;
    }

    private @Nullable InferenceSession openPrepared(SessionOptions options, ExecutionTarget place, boolean packTokens) {
        PreparedFile prepared = null;
        try {
            prepared = GraphPreparation.write(
                            file,
                            new Wish(InferenceSession.KNOWN_OUTPUTS, wanted == GraphOutput.FIRST_TOKENS, packTokens))
                    .orElse(null);
            return prepared == null ? null : openCompared(prepared, options, place);
        } catch (IOException | OrtException | RuntimeException | StackOverflowError | OutOfMemoryError failure) {
            // A graph of which anything surprises the rewriting is none that it may touch.
            LOG.log(
                    System.Logger.Level.WARNING,
                    "The model runs as shipped, its graph could not be rewritten: {0}",
                    EngineMessage.of(failure));
            return null;
        } finally {
            if (prepared != null) {
                delete(prepared.path());
            }
        }
    }

    /** One session after the other: two of a large model might not fit. */
    private @Nullable InferenceSession openCompared(
            PreparedFile prepared, SessionOptions options, ExecutionTarget place) throws OrtException {
        GraphComparison held = comparison.orElseThrow();
        String finding = "the graph rewritten to " + prepared.checksum() + " agrees with the shipped one on "
                + place.device() + ", ONNX Runtime " + runtime.version();
        if (held.isKnown().test(finding)) {
            return InferenceSession.open(runtime, prepared.path(), options, padTokenId, prepared.packsTokens(), wanted);
        }
        ReferenceOutputs shipped = ReferenceOutputs.of(runtime, file, held.rows(), padTokenId);
        InferenceSession session =
                InferenceSession.open(runtime, prepared.path(), options, padTokenId, prepared.packsTokens(), wanted);
        try {
            double difference = shipped.difference(session);
            if (difference <= (place == ExecutionTarget.CPU ? TOLERANCE_ON_CPU : TOLERANCE_ON_CUDA)) {
                held.keep().accept(finding);
                return session;
            }
            warnOf(difference);
        } catch (OrtException | RuntimeException failure) {
            session.close();
            throw failure;
        }
        asShipped = true;
        session.close();
        return null;
    }

    private static void warnOf(double difference) {
        LOG.log(
                System.Logger.Level.WARNING,
                String.format(
                        Locale.ROOT,
                        "The model runs as shipped: rewritten to compute less, its numbers differ by %.2g of the largest",
                        difference));
    }

    private static void delete(Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException kept) {
            LOG.log(System.Logger.Level.WARNING, "The temporary file {0} stays", temporary.getFileName());
        }
    }
}
