package dev.embedding.infer;

/** The device that a session computes on, with ONNX Runtime's name of its execution provider. */
public enum ExecutionTarget {
    CPU("cpu", "CPUExecutionProvider"),
    CUDA("cuda", "CUDAExecutionProvider");

    private final String device;
    private final String executionProvider;

    ExecutionTarget(String device, String executionProvider) {
        this.device = device;
        this.executionProvider = executionProvider;
    }

    public String device() {
        return device;
    }

    public String executionProvider() {
        return executionProvider;
    }
}
