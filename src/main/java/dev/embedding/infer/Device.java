package dev.embedding.infer;

/** What an operator asks for; {@link ExecutionTarget} is what runs. */
public enum Device {
    /** The CPU. */
    CPU,
    /** The first GPU; without a usable one the CPU, with a warning. */
    CUDA,
    /** The first GPU when it is usable, else the CPU. */
    AUTO
}
