package dev.embedding.model;

import java.util.Optional;

/** The poolings of sentence-transformers, in the order in which several are concatenated when flags select them. */
public enum PoolingMode {
    CLS("cls", "pooling_mode_cls_token"),
    MAX("max", "pooling_mode_max_tokens"),
    MEAN("mean", "pooling_mode_mean_tokens"),
    MEAN_SQRT_LEN("mean_sqrt_len_tokens", "pooling_mode_mean_sqrt_len_tokens"),
    WEIGHTED_MEAN("weightedmean", "pooling_mode_weightedmean_tokens"),
    LAST_TOKEN("lasttoken", "pooling_mode_lasttoken");

    private final String label;
    private final String flag;

    PoolingMode(String label, String flag) {
        this.label = label;
        this.flag = flag;
    }

    /** Its name in {@code pooling_mode} since sentence-transformers 6, and in this service. */
    public String label() {
        return label;
    }

    /** Finds a pooling by its {@link #label}; empty where there is none of that name. */
    public static Optional<PoolingMode> byLabel(String label) {
        for (PoolingMode mode : values()) {
            if (mode.label.equals(label)) {
                return Optional.of(mode);
            }
        }
        return Optional.empty();
    }

    /** Finds a pooling by its boolean in configurations up to sentence-transformers 5. */
    public static Optional<PoolingMode> byFlag(String flag) {
        for (PoolingMode mode : values()) {
            if (mode.flag.equals(flag)) {
                return Optional.of(mode);
            }
        }
        return Optional.empty();
    }
}
