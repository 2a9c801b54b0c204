package dev.embedding.infer.architecture;

/** Names of fields and weights of {@link BertFamily} and {@link Deberta}. */
record BertNames(
        String width,
        String layers,
        String heads,
        String inner,
        String activation,
        boolean hasSegments,
        String projection,
        String layer,
        String query,
        String key,
        String value,
        String output,
        String attentionNorm,
        String up,
        String down,
        String outputNorm) {

    static final BertNames BERT = ofBert(
            true,
            "attention.self.query",
            "attention.self.key",
            "attention.self.value",
            "attention.output.dense",
            "attention.output.LayerNorm");

    static final BertNames MPNET = ofBert(
            false,
            "attention.attn.q",
            "attention.attn.k",
            "attention.attn.v",
            "attention.attn.o",
            "attention.LayerNorm");

    static final BertNames DEBERTA = ofBert(
            true,
            "attention.self.query_proj",
            "attention.self.key_proj",
            "attention.self.value_proj",
            "attention.output.dense",
            "attention.output.LayerNorm");

    static final BertNames DISTILBERT = new BertNames(
            "dim",
            "n_layers",
            "n_heads",
            "hidden_dim",
            "activation",
            false,
            "",
            "transformer.layer.",
            "attention.q_lin",
            "attention.k_lin",
            "attention.v_lin",
            "attention.out_lin",
            "sa_layer_norm",
            "ffn.lin1",
            "ffn.lin2",
            "output_layer_norm");

    /** The layers' names continue with group and layer. */
    static final BertNames ALBERT = new BertNames(
            "hidden_size",
            "num_hidden_layers",
            "num_attention_heads",
            "intermediate_size",
            "hidden_act",
            true,
            "encoder.embedding_hidden_mapping_in",
            "encoder.albert_layer_groups.",
            "attention.query",
            "attention.key",
            "attention.value",
            "attention.dense",
            "attention.LayerNorm",
            "ffn",
            "ffn_output",
            "full_layer_layer_norm");

    private static BertNames ofBert(
            boolean hasSegments, String query, String key, String value, String output, String attentionNorm) {
        return new BertNames(
                "hidden_size",
                "num_hidden_layers",
                "num_attention_heads",
                "intermediate_size",
                "hidden_act",
                hasSegments,
                "embeddings_project",
                "encoder.layer.",
                query,
                key,
                value,
                output,
                attentionNorm,
                "intermediate.dense",
                "output.dense",
                "output.LayerNorm");
    }
}
