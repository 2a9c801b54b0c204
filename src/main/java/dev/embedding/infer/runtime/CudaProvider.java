package dev.embedding.infer.runtime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;

/** Options of ONNX Runtime's CUDA execution provider. */
public final class CudaProvider {

    private static final int FIRST_GPU = 0;

    private CudaProvider() {}

    /**
     * Options for a session on the first GPU.
     *
     * @param memoryLimit bytes that the arena may take; 0 for no limit
     * @throws OrtException when these native libraries have no CUDA provider; a missing driver may show only when the
     *     session is opened
     */
    public static SessionOptions sessionOptions(long memoryLimit) throws OrtException {
        EngineLibraries.unpackCuda();
        SessionOptions options = new SessionOptions();
        try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(FIRST_GPU)) {
            if (memoryLimit > 0) {
                cuda.add("gpu_mem_limit", Long.toString(memoryLimit));
            }
            // Doubling the arena would take memory that the next model needs during a reload.
            cuda.add("arena_extend_strategy", "kSameAsRequested");
            cuda.add("cudnn_conv_algo_search", "HEURISTIC");
            options.addCUDA(cuda);
            return options;
        } catch (OrtException | RuntimeException | UnsatisfiedLinkError failure) {
            options.close();
            throw failure;
        }
    }
}
