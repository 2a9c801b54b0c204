package dev.embedding.infer.architecture;

import java.util.List;

/**
 * Names of the weights of {@link RotaryBert}.
 *
 * @param queryKeyValue one matrix, or one each
 * @param upAndGate one matrix, or one each
 * @param ungated the matrix of a feed-forward part without gate
 */
record RotaryBertNames(
        String embeddingNorm,
        String layer,
        List<String> queryKeyValue,
        String output,
        String attentionNorm,
        List<String> upAndGate,
        String ungated,
        String down,
        String outputNorm) {

    static final RotaryBertNames NOMIC = new RotaryBertNames(
            "emb_ln",
            "encoder.layers.",
            List.of("attn.Wqkv"),
            "attn.out_proj",
            "norm1",
            List.of("mlp.fc11", "mlp.fc12"),
            "mlp.fc1",
            "mlp.fc2",
            "norm2");

    static final RotaryBertNames GTE = ofGte(List.of("attention.qkv_proj"));
    static final RotaryBertNames GTE_UNPACKED =
            ofGte(List.of("attention.q_proj", "attention.k_proj", "attention.v_proj"));

    private static final RotaryBertNames TRANSFORMERS = new RotaryBertNames(
            "embeddings.LayerNorm",
            "layers.",
            List.of("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
            "self_attn.o_proj",
            "post_attention_layernorm",
            List.of("mlp.up_proj", "mlp.gate_proj"),
            "",
            "mlp.down_proj",
            "post_mlp_layernorm");

    private static RotaryBertNames ofGte(List<String> queryKeyValue) {
        return new RotaryBertNames(
                "embeddings.LayerNorm",
                "encoder.layer.",
                queryKeyValue,
                "attention.o_proj",
                "attn_ln",
                List.of("mlp.up_gate_proj"),
                "",
                "mlp.down_proj",
                "mlp_ln");
    }

    /** The names that transformers gives since version 5 where the weights have them, else the family's own. */
    static RotaryBertNames of(GraphWeights weights, RotaryBertNames own) {
        boolean isRenamed = weights.has(TRANSFORMERS.layer() + "0." + TRANSFORMERS.output() + ".weight");
        return isRenamed ? TRANSFORMERS : own;
    }
}
