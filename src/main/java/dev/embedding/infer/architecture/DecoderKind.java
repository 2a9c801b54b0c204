package dev.embedding.infer.architecture;

/** Model types of {@link DecoderFamily}. */
enum DecoderKind {
    LLAMA("llama"),
    MISTRAL("mistral"),
    QWEN2("qwen2"),
    QWEN3("qwen3"),
    GEMMA3("gemma3_text"),
    EUROBERT("eurobert");

    private static final int KEY_HEADS_OF_MISTRAL = 8;
    private static final int KEY_HEADS_OF_QWEN = 32;
    private static final int KEY_HEADS_OF_GEMMA = 4;
    private static final int HEAD_WIDTH_OF_QWEN3 = 128;
    private static final int HEAD_WIDTH_OF_GEMMA = 256;

    private final String modelType;

    DecoderKind(String modelType) {
        this.modelType = modelType;
    }

    static DecoderKind of(String modelType) {
        for (DecoderKind kind : values()) {
            if (kind.modelType.equals(modelType)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("No decoder: " + modelType);
    }

    int usualKeyHeads(int heads) {
        return switch (this) {
            case LLAMA, EUROBERT -> heads;
            case MISTRAL -> KEY_HEADS_OF_MISTRAL;
            case QWEN2, QWEN3 -> KEY_HEADS_OF_QWEN;
            case GEMMA3 -> KEY_HEADS_OF_GEMMA;
        };
    }

    int usualHeadWidth(int width, int heads) {
        return switch (this) {
            case LLAMA, MISTRAL, QWEN2, EUROBERT -> width / heads;
            case QWEN3 -> HEAD_WIDTH_OF_QWEN3;
            case GEMMA3 -> HEAD_WIDTH_OF_GEMMA;
        };
    }

    double usualEpsilon() {
        return this == EUROBERT ? 1e-5 : 1e-6;
    }

    /** Whether the layers are Llama's: without windows, and with biases where they are configured. */
    boolean isLikeLlama() {
        return this == LLAMA || this == EUROBERT;
    }

    boolean normsHeads() {
        return this == QWEN3 || this == GEMMA3;
    }
}
