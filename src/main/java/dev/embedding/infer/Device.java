package dev.embedding.infer;

/** The device that an operator requests; {@link ExecutionTarget} is the one that runs. */
public enum Device {
    /** The CPU. */
    CPU,
    /** The first GPU; without a usable one the CPU, with a warning. */
    CUDA,
    /** The first GPU when it is usable, else the CPU. */
    AUTO
}
