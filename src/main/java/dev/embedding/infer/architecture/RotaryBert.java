package dev.embedding.infer.architecture;

import dev.embedding.infer.architecture.RotaryPositions.Angles;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;

/**
 * BERT with rotary positions and gated feed-forward, as NomicBERT and GTE have it: a norm after each residual addition.
 *
 * @param prefixes what the names of the weights may begin with
 * @param ownNames names that the family's own code gave to the weights; those of transformers are known too
 * @param segments rows of the table of token types; 0 for none
 * @param heads heads, each of {@code headWidth} components
 * @param gated whether the feed-forward part has a gate
 */
record RotaryBert(
        List<String> prefixes,
        RotaryBertNames ownNames,
        int width,
        int vocabulary,
        int segments,
        int layers,
        int heads,
        int headWidth,
        int inner,
        double epsilon,
        boolean attentionBias,
        boolean upBias,
        boolean downBias,
        boolean gated,
        Activations.Function activation,
        RotaryPositions positions)
        implements Family {

    @Override
    public String firstWeight() {
        return "embeddings.word_embeddings.weight";
    }

    @Override
    public Pattern unusedWeights() {
        return Pattern.compile("(pooler|cls|lm_head|classifier)\\..*");
    }

    @Override
    public String rows(Blocks blocks) {
        RotaryBertNames names = RotaryBertNames.of(blocks.weights, ownNames);
        String rows = blocks.weights.rows(firstWeight(), blocks.tokens.ids, vocabulary, width);
        rows = blocks.withSegment(rows, segments, width);
        rows = blocks.layerNorm(rows, names.embeddingNorm(), width, epsilon, true);
        LayerForm form = new LayerForm(Reach.ALL, positions);
        return new RotaryLayers(Collections.nCopies(layers, LayerType.FULL), form, form)
                .rows(
                        blocks,
                        rows,
                        (index, reach, turn, before, selects) ->
                                layer(blocks, names, names.layer() + index + ".", turn, before, selects));
    }

    private String layer(
            Blocks blocks, RotaryBertNames names, String prefix, Angles turn, String rows, boolean selects) {
        int together = heads * headWidth;
        List<String> parts = queryKeyValue(blocks, names, prefix, rows);
        String query = selects ? blocks.selected(parts.get(0)) : parts.get(0);
        query = RotaryPositions.turned(blocks.graph, query, heads, selects ? blocks.selected(turn) : turn);
        String key = RotaryPositions.turned(blocks.graph, parts.get(1), heads, turn);
        Attention.Form form = new Attention.Form(heads, heads, headWidth, 1 / Math.sqrt(headWidth), Reach.ALL, null);
        String context = blocks.attend(form, selects, query, key, parts.get(2));
        String attended = blocks.linear(context, prefix + names.output(), together, width, attentionBias);
        String before = selects ? blocks.selected(rows) : rows;
        String between =
                blocks.layerNorm(blocks.add(before, attended), prefix + names.attentionNorm(), width, epsilon, true);
        String down = blocks.linear(up(blocks, names, prefix, between), prefix + names.down(), inner, width, downBias);
        return blocks.layerNorm(blocks.add(between, down), prefix + names.outputNorm(), width, epsilon, true);
    }

    private List<String> queryKeyValue(Blocks blocks, RotaryBertNames names, String prefix, String rows) {
        int together = heads * headWidth;
        if (names.queryKeyValue().size() == 1) {
            return blocks.linears(3, rows, prefix + names.queryKeyValue().get(0), width, together, attentionBias);
        }
        return names.queryKeyValue().stream()
                .map(name -> blocks.linear(rows, prefix + name, width, together, attentionBias))
                .toList();
    }

    private String up(Blocks blocks, RotaryBertNames names, String prefix, String rows) {
        if (!gated) {
            return activation.apply(blocks.graph, blocks.linear(rows, prefix + names.ungated(), width, inner, upBias));
        }
        List<String> parts = names.upAndGate().size() == 1
                ? blocks.linears(2, rows, prefix + names.upAndGate().get(0), width, inner, upBias)
                : names.upAndGate().stream()
                        .map(name -> blocks.linear(rows, prefix + name, width, inner, upBias))
                        .toList();
        return blocks.multiply(parts.get(0), activation.apply(blocks.graph, parts.get(1)));
    }
}
