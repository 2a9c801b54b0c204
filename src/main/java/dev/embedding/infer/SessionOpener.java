package dev.embedding.infer;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.embedding.infer.graph.GraphPreparation;
import dev.embedding.infer.graph.GraphPreparation.PreparedFile;
import dev.embedding.infer.graph.GraphPreparation.Wish;
import dev.embedding.infer.runtime.EngineMessage;
import dev.embedding.infer.runtime.InferenceException;
import dev.embedding.vector.VectorHead;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Opens sessions of one model file: of the graph that {@link GraphPreparation} rewrites, or, where the rewriting fails,
 * the rewritten graph does not run or its outputs differ, of the shipped graph.
 */
final class SessionOpener implements Sessions {

    private static final System.Logger LOG = System.getLogger(SessionOpener.class.getName());

    /** Differences from another order of summation stay far below; those from another computation are far above. */
    private static final double TOLERANCE_ON_CPU = 1e-4;

    /** GPUs multiply with 10-bit fractions (TF32). */
    private static final double TOLERANCE_ON_CUDA = 2e-2;

    private final InferenceRuntime runtime;
    private final Path file;
    private final int padTokenId;
    private final Optional<VectorHead> head;
    private final Optional<GraphComparison> comparison;
    private volatile boolean runAsShipped;
    /** The first session decides: all end in the same kind of vectors. */
    private volatile @Nullable GraphForm form;

    /**
     * @param head what is made from the token vectors; empty where the vectors are read that the graph pools
     * @param comparison empty where the graph must run as shipped
     */
    SessionOpener(
            InferenceRuntime runtime,
            Path file,
            int padTokenId,
            Optional<VectorHead> head,
            Optional<GraphComparison> comparison) {
        this.runtime = runtime;
        this.file = file;
        this.padTokenId = padTokenId;
        this.head = head;
        this.comparison = comparison;
        this.runAsShipped = comparison.isEmpty();
    }

    /**
     * Opens a session; on a CPU its graph computes padding in attention only, where the graph allows it.
     *
     * @throws InferenceException when earlier sessions have the rewritten graph, and this one cannot
     */
    @Override
    public InferenceSession open(SessionOptions options, ExecutionTarget place) throws OrtException {
        InferenceSession prepared = runAsShipped || form == GraphForm.AS_SHIPPED ? null : openPrepared(options, place);
        if (prepared != null) {
            form = GraphForm.REWRITTEN;
            return prepared;
        }
        if (form == GraphForm.REWRITTEN) {
            throw new InferenceException("Another session of the rewritten graph cannot be opened", null);
        }
        form = GraphForm.AS_SHIPPED;
        options.addConfigEntry(FOLDER_OF_WEIGHTS, ""); // The shipped file names its weights by where it lies itself.
        GraphOutput output = head.isEmpty() ? GraphOutput.TEXTS : GraphOutput.TOKENS;
        return InferenceSession.open(runtime, file, options, padTokenId, false, output);
    }

    @Override
    public GraphForm form() {
        return form == null ? GraphForm.AS_SHIPPED : form;
    }

    @Override
    public void close() {
        // The file is opened anew for each session.
    }

    private @Nullable InferenceSession openPrepared(SessionOptions options, ExecutionTarget place) {
        PreparedFile prepared = null;
        try {
            prepared = GraphPreparation.write(
                            file, new Wish(InferenceSession.KNOWN_OUTPUTS, head, place == ExecutionTarget.CPU))
                    .orElse(null);
            return prepared == null ? null : openCompared(prepared, options, place);
        } catch (IOException | OrtException | RuntimeException | StackOverflowError | OutOfMemoryError failure) {
            // A graph that the rewriting does not expect must not be changed.
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

    /** Opens the two sessions one after the other: both of a large model might not fit into memory. */
    private @Nullable InferenceSession openCompared(
            PreparedFile prepared, SessionOptions options, ExecutionTarget place) throws OrtException {
        GraphComparison check = comparison.orElseThrow();
        String finding = "the graph rewritten to " + prepared.checksum() + " agrees with the shipped one on "
                + place.device() + ", ONNX Runtime " + runtime.version();
        if (check.isKnown().test(finding)) {
            return open(prepared, options);
        }
        ReferenceOutputs shipped = ReferenceOutputs.of(runtime, file, check.rows(), padTokenId, head);
        InferenceSession session = open(prepared, options);
        try {
            double difference = shipped.difference(session);
            if (difference <= (place == ExecutionTarget.CPU ? TOLERANCE_ON_CPU : TOLERANCE_ON_CUDA)) {
                check.keep().accept(finding);
                return session;
            }
            warnAboutDifference(difference);
        } catch (OrtException | RuntimeException failure) {
            session.close();
            throw failure;
        }
        runAsShipped = true;
        session.close();
        return null;
    }

    private InferenceSession open(PreparedFile prepared, SessionOptions options) throws OrtException {
        if (prepared.folderOfWeights().isPresent()) {
            options.addConfigEntry(
                    FOLDER_OF_WEIGHTS, prepared.folderOfWeights().get().toString());
            return InferenceSession.open(
                    runtime,
                    content(prepared.path()),
                    options,
                    padTokenId,
                    prepared.packsTokens(),
                    GraphOutput.TEXTS,
                    () -> {});
        }
        return InferenceSession.open(
                runtime, prepared.path(), options, padTokenId, prepared.packsTokens(), GraphOutput.TEXTS);
    }

    private static byte[] content(Path graph) {
        try {
            return Files.readAllBytes(graph);
        } catch (IOException failure) {
            throw new InferenceException("A rewritten graph cannot be read", failure);
        }
    }

    private static void warnAboutDifference(double difference) {
        LOG.log(
                System.Logger.Level.WARNING,
                String.format(
                        Locale.ROOT,
                        "The model runs as shipped: outputs of its rewritten graph differ by %.2g of the largest number",
                        difference));
    }

    private static void delete(Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException failure) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "The temporary file {0} could not be deleted",
                    temporary.getFileName());
        }
    }
}
