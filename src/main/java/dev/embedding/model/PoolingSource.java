package dev.embedding.model;

/** The source of a model's pooling configuration. */
public enum PoolingSource {
    /** The setting {@code pooling}, which overrides every file. */
    SETTING("setting"),
    /** The module that {@code modules.json} lists. */
    MODULES("modules.json"),
    /** {@code 1_Pooling/config.json} of a model without {@code modules.json}. */
    POOLING_FILE("1_Pooling/config.json"),
    /** The graph, which pools itself. */
    MODEL_OUTPUT("model output"),
    /** The default of sentence-transformers, where nothing is configured. */
    DEFAULT("default");

    private final String label;

    PoolingSource(String label) {
        this.label = label;
    }

    /** Its name in {@code /model/info}. */
    public String label() {
        return label;
    }
}
