package dev.embedding.model;

/** Source of the pooling of a model. */
public enum PoolingSource {
    /** The setting {@code pooling}, which wins over every file. */
    SETTING("setting"),
    /** The module that {@code modules.json} lists. */
    MODULES("modules.json"),
    /** {@code 1_Pooling/config.json} of a model without {@code modules.json}. */
    POOLING_FILE("1_Pooling/config.json"),
    /** The graph, which pools itself. */
    MODEL_OUTPUT("model output"),
    /** What sentence-transformers does where nothing else is said. */
    DEFAULT("default");

    private final String label;

    PoolingSource(String label) {
        this.label = label;
    }

    /** As {@code /model/info} has it. */
    public String label() {
        return label;
    }
}
