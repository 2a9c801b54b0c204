package dev.embedding.model;

import java.util.Optional;

/** The poolings of sentence-transformers that can be served. */
public enum PoolingMode {
    CLS("cls", "pooling_mode_cls_token"),
    MEAN("mean", "pooling_mode_mean_tokens");

    private final String label;
    private final String flag;

    PoolingMode(String label, String flag) {
        this.label = label;
        this.flag = flag;
    }

    /** Its name in {@code pooling_mode} since sentence-transformers 6, and ours. */
    public String label() {
        return label;
    }

    static Optional<PoolingMode> byLabel(String label) {
        for (PoolingMode mode : values()) {
            if (mode.label.equals(label)) {
                return Optional.of(mode);
            }
        }
        return Optional.empty();
    }

    /** By the boolean of the configuration up to sentence-transformers 5. */
    static Optional<PoolingMode> byFlag(String flag) {
        for (PoolingMode mode : values()) {
            if (mode.flag.equals(flag)) {
                return Optional.of(mode);
            }
        }
        return Optional.empty();
    }
}
