package dev.embedding.infer.architecture;

import java.util.List;

/** Reads the configuration of GTE, by the names of its own code ({@code new}) or by those of transformers 5. */
final class Gte {

    private static final int THETA_OF_OWN_CODE = 10_000;
    private static final int THETA_OF_TRANSFORMERS = 160_000;

    private Gte() {}

    static Family read(ArchitectureConfig config) {
        int width = config.requiredCount("hidden_size");
        int heads = config.requiredCount("num_attention_heads");
        if (width % heads != 0) {
            throw config.refused("num_attention_heads", "it does not divide hidden_size");
        }
        int headWidth = config.count("head_dim", width / heads);
        config.require("position_embedding_type", "rope");
        config.require("layer_norm_type", "layer_norm");
        config.require("logn_attention_scale", "false");
        config.ignore("logn_attention_clip1", "max_position_embeddings");
        double theta = config.modelType().equals("new") ? THETA_OF_OWN_CODE : THETA_OF_TRANSFORMERS;
        return new RotaryBert(
                List.of("", "new.", "gte."),
                config.flag("pack_qkv", true) ? RotaryBertNames.GTE : RotaryBertNames.GTE_UNPACKED,
                width,
                config.requiredCount("vocab_size"),
                config.countOrNone("type_vocab_size", 1),
                config.requiredCount("num_hidden_layers"),
                heads,
                headWidth,
                config.requiredCount("intermediate_size"),
                config.positive("layer_norm_eps", 1e-12),
                true,
                false,
                true,
                true,
                Activations.of(config, "hidden_act", "gelu"),
                RotaryFields.read(config, LayerType.FULL, headWidth, "rope_theta", theta, true));
    }
}
