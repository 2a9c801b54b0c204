package dev.embedding.infer;

import ai.onnxruntime.OrtException;
import dev.embedding.infer.runtime.EngineMessage;
import org.jspecify.annotations.Nullable;

/**
 * A GPU session with a fallback: a batch for which the GPU has no memory left is computed on the CPU. The CPU session
 * is opened on first use and stays open.
 */
final class CpuFallbackRunner implements BatchRunner {

    private final BatchRunner gpu;
    private final BatchRunner.Opener opener;
    private @Nullable BatchRunner cpu;

    CpuFallbackRunner(BatchRunner gpu, BatchRunner.Opener opener) {
        this.gpu = gpu;
        this.opener = opener;
    }

    @Override
    public TokenVectors run(TokenBatch batch, Workspace workspace, RunTermination termination) throws OrtException {
        try {
            return gpu.run(batch, workspace, termination);
        } catch (OrtException failure) {
            if (!EngineMessage.isOutOfMemory(failure)) {
                throw failure;
            }
            return cpu().run(batch, workspace, termination);
        }
    }

    private synchronized BatchRunner cpu() throws OrtException {
        if (cpu == null) {
            cpu = opener.open();
            System.getLogger(CpuFallbackRunner.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "The GPU is out of memory; batches that do not fit are computed on the CPU");
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
