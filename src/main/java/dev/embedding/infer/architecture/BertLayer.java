package dev.embedding.infer.architecture;

/**
 * A layer with a norm after each residual addition and biases everywhere, as BERT's kin and DeBERTa have it.
 *
 * @param width width of a row
 * @param inner width between the two matrices of the feed-forward part
 */
record BertLayer(BertNames names, int width, int inner, double epsilon, Activations.Function activation) {

    /**
     * The rows behind the layer.
     *
     * @param prefix what the names of its weights begin with
     * @param selects whether only the pooled tokens' rows are computed
     */
    String rows(Blocks blocks, String prefix, Attention.Form form, String rows, boolean selects) {
        String queried = selects ? blocks.selected(rows) : rows;
        String context = blocks.attend(
                form,
                selects,
                blocks.linear(queried, prefix + names.query(), width, width, true),
                blocks.linear(rows, prefix + names.key(), width, width, true),
                blocks.linear(rows, prefix + names.value(), width, width, true));
        String attended = blocks.linear(context, prefix + names.output(), width, width, true);
        String between =
                blocks.layerNorm(blocks.add(queried, attended), prefix + names.attentionNorm(), width, epsilon, true);
        String up = activation.apply(blocks.graph, blocks.linear(between, prefix + names.up(), width, inner, true));
        String down = blocks.linear(up, prefix + names.down(), inner, width, true);
        return blocks.layerNorm(blocks.add(between, down), prefix + names.outputNorm(), width, epsilon, true);
    }
}
