package dev.embedding.infer.architecture;

import java.util.List;
import java.util.Map;

/** Reads NomicBERT's configuration: in the names of its own code, which are GPT-2's, or in those of transformers 5. */
final class NomicBert {

    /** What its own code rounds the width of gated feed-forward up to. */
    private static final int MULTIPLE_OF_INNER = 256;

    private static final List<String> PREFIXES = List.of("", "bert.", "nomic_bert.");
    private static final String ACTIVATION = "activation_function";
    private static final Map<String, String> GATES = Map.of("swiglu", "silu", "geglu", "gelu", "glu", "sigmoid");

    private NomicBert() {}

    static Family read(ArchitectureConfig config) {
        if (config.countOrNone("moe_every_n_layers", 0) > 0) {
            throw config.refused("moe_every_n_layers", "mixtures of experts are not supported");
        }
        config.require("num_experts", "0", "1");
        return config.field("n_embd").isPresent() ? ofOwnNames(config) : ofTransformers(config);
    }

    private static Family ofTransformers(ArchitectureConfig config) {
        int width = config.requiredCount("hidden_size");
        int heads = config.requiredCount("num_attention_heads");
        int headWidth = config.count("head_dim", width / heads);
        config.ignore("max_position_embeddings");
        return new RotaryBert(
                PREFIXES,
                RotaryBertNames.NOMIC,
                width,
                config.requiredCount("vocab_size"),
                config.count("type_vocab_size", 2),
                config.requiredCount("num_hidden_layers"),
                heads,
                headWidth,
                config.requiredCount("intermediate_size"),
                config.positive("layer_norm_eps", 1e-12),
                false,
                false,
                false,
                true,
                Activations.of(config, "hidden_act", "silu"),
                RotaryFields.read(config, LayerType.FULL, headWidth, "rope_theta", 1_000, true));
    }

    private static Family ofOwnNames(ArchitectureConfig config) {
        refuseOtherForms(config);
        int width = config.requiredCount("n_embd");
        int heads = config.requiredCount("n_head");
        if (width % heads != 0) {
            throw config.refused("n_head", "it does not divide n_embd");
        }
        String name = config.text(ACTIVATION).orElse("");
        boolean gated = GATES.containsKey(name);
        if (!gated && !name.equals("gelu")) {
            throw config.refused(ACTIVATION, "known are geglu, gelu, glu, swiglu");
        }
        int inner = config.requiredCount("n_inner");
        return new RotaryBert(
                PREFIXES,
                RotaryBertNames.NOMIC,
                width,
                roundedUp(config.requiredCount("vocab_size"), config.count("pad_vocab_size_multiple", 1)),
                config.countOrNone("type_vocab_size", 2),
                config.requiredCount("n_layer"),
                heads,
                width / heads,
                gated ? roundedUp(inner, MULTIPLE_OF_INNER) : inner,
                config.positive("layer_norm_epsilon", 1e-5),
                config.flag("qkv_proj_bias", true),
                config.flag("mlp_fc1_bias", true),
                config.flag("mlp_fc2_bias", true),
                gated,
                Activations.named(config, ACTIVATION, GATES.getOrDefault(name, name)),
                positions(config, width / heads));
    }

    private static RotaryPositions positions(ArchitectureConfig config, int headWidth) {
        String fraction = "rotary_emb_fraction";
        double turned = headWidth * config.positive(fraction, 0);
        if (turned == 0 || turned > headWidth || turned % 2 != 0) {
            throw config.refused(fraction, "an even number of a head's components has to be turned");
        }
        return RotaryPositions.of(config.positive("rotary_emb_base", 10_000), (int) turned);
    }

    private static void refuseOtherForms(ArchitectureConfig config) {
        config.require("prenorm", "false");
        config.require("causal", "false");
        config.require("use_rms_norm", "false");
        config.require("norm_mlp", "false");
        config.require("parallel_block", "false");
        config.require("num_heads_kv");
        config.require("rotary_head_dim", "false");
        config.require("rotary_emb_interleaved", "false");
        config.require("rotary_emb_scale_base");
        config.require("rotary_scaling_factor");
        config.ignore(
                "add_pooling_layer",
                "attn_pdrop",
                "dense_seq_output",
                "embd_pdrop",
                "expert_choice_router",
                "ffn_div",
                "fused_bias_fc",
                "fused_dropout_add_ln",
                "max_trained_positions",
                "moe_impl",
                "moe_normalize_expert_weights",
                "moe_resid_pdrop",
                "moe_top_k",
                "n_ctx",
                "n_positions",
                "num_shared_experts",
                "parallel_block_tied_norm",
                "reorder_and_upcast_attn",
                "resid_pdrop",
                "scale_attn_by_inverse_layer_idx",
                "scale_attn_weights",
                "use_xentropy");
    }

    private static int roundedUp(int number, int multiple) {
        return (number + multiple - 1) / multiple * multiple;
    }
}
