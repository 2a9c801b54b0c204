package dev.embedding.infer;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Opens sessions of one model file. Where only the first token's vectors are wanted, it opens the shortened graph of
 * {@link FirstTokenModel}; where that cannot be made or does not run, the graph as shipped.
 */
final class SessionOpener {

    private static final System.Logger LOG = System.getLogger(SessionOpener.class.getName());

    private final InferenceRuntime runtime;
    private final Path file;
    private final int padTokenId;
    private final boolean firstTokenOnly;

    SessionOpener(InferenceRuntime runtime, Path file, int padTokenId, boolean firstTokenOnly) {
        this.runtime = runtime;
        this.file = file;
        this.padTokenId = padTokenId;
        this.firstTokenOnly = firstTokenOnly;
    }

    InferenceSession open(SessionOptions options) throws OrtException {
        InferenceSession shortened = firstTokenOnly ? openShortened(options) : null;
        return shortened == null ? InferenceSession.open(runtime, file, options, padTokenId) : shortened;
    }

    private @Nullable InferenceSession openShortened(SessionOptions options) {
        Path shortened = null;
        try {
            Optional<Path> written = FirstTokenModel.write(file, InferenceSession.KNOWN_OUTPUTS);
            if (written.isEmpty()) {
                return null;
            }
            shortened = written.get();
            return openChecked(shortened, options);
        } catch (IOException | OrtException | InferenceException failure) {
            LOG.log(System.Logger.Level.WARNING, "The model runs unshortened: {0}", EngineMessage.of(failure));
            return null;
        } finally {
            delete(shortened);
        }
    }

    private InferenceSession openChecked(Path shortened, SessionOptions options) throws OrtException {
        InferenceSession session = InferenceSession.open(runtime, shortened, options, padTokenId);
        try {
            // A graph that was misunderstood gives another shape than it declares, which ends the run.
            session.run(
                    TokenBatch.of(List.of(new int[] {padTokenId, padTokenId}, new int[] {padTokenId})),
                    new Workspace());
            return session;
        } catch (OrtException | RuntimeException failure) {
            session.close();
            throw failure;
        }
    }

    private static void delete(@Nullable Path temporary) {
        if (temporary == null) {
            return;
        }
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException kept) {
            LOG.log(System.Logger.Level.WARNING, "The temporary file {0} stays", temporary.getFileName());
        }
    }
}
