package dev.embedding.infer;

import ai.onnxruntime.OrtException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A session on the GPU whose batches are computed on the CPU when the GPU has no memory left for them. The CPU's session
 * is opened when it is first needed, and kept.
 */
final class OverflowToCpu implements BatchRunner {

    private static final List<String> OUT_OF_MEMORY =
            List.of("out of memory", "failed to allocate memory", "alloc_failed", "memory allocation failure");

    private final BatchRunner gpu;
    private final BatchRunner.Opener opener;
    private @Nullable BatchRunner cpu;

    OverflowToCpu(BatchRunner gpu, BatchRunner.Opener opener) {
        this.gpu = gpu;
        this.opener = opener;
    }

    @Override
    public TokenVectors run(TokenBatch batch, Workspace workspace) throws OrtException {
        try {
            return gpu.run(batch, workspace);
        } catch (OrtException failure) {
            if (!isOutOfMemory(failure)) {
                throw failure;
            }
            return cpu().run(batch, workspace);
        }
    }

    private static boolean isOutOfMemory(OrtException failure) {
        String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        return OUT_OF_MEMORY.stream().anyMatch(message::contains);
    }

    private synchronized BatchRunner cpu() throws OrtException {
        if (cpu == null) {
            cpu = opener.open();
            System.getLogger(OverflowToCpu.class.getName())
                    .log(System.Logger.Level.WARNING, "The GPU is out of memory; batches it cannot take go to the CPU");
        }
        return cpu;
    }

    @Override
    public int dimension() {
        return gpu.dimension();
    }

    @Override
    public synchronized void close() {
        gpu.close();
        if (cpu != null) {
            cpu.close();
        }
    }
}
