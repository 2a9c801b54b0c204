package dev.embedding.infer.architecture;

import dev.embedding.infer.architecture.RotaryPositions.Angles;
import dev.embedding.infer.onnx.GraphBuilder;
import java.util.List;
import java.util.regex.Pattern;

/** ModernBERT: rotary positions, a norm before each part of a layer, gated feed-forward, and windows in most layers. */
final class ModernBert implements Family {

    private static final int USUAL_DISTANCE_OF_GLOBAL_LAYERS = 3;
    private static final int USUAL_WINDOW = 128;

    private final int width;
    private final int vocabulary;
    private final int heads;
    private final int inner;
    private final double epsilon;
    private final boolean normBias;
    private final boolean attentionBias;
    private final boolean innerBias;
    private final Activations.Function activation;
    private final RotaryLayers layers;

    ModernBert(ArchitectureConfig config) {
        this.width = config.requiredCount("hidden_size");
        this.vocabulary = config.requiredCount("vocab_size");
        this.heads = config.requiredCount("num_attention_heads");
        this.inner = config.requiredCount("intermediate_size");
        this.epsilon = config.positive("norm_eps", 1e-5);
        this.normBias = config.flag("norm_bias", false);
        this.attentionBias = config.flag("attention_bias", false);
        this.innerBias = config.flag("mlp_bias", false);
        this.activation = Activations.of(config, "hidden_activation", "gelu");
        int global = config.count("global_attn_every_n_layers", USUAL_DISTANCE_OF_GLOBAL_LAYERS);
        List<LayerType> types = LayerType.read(
                config,
                config.requiredCount("num_hidden_layers"),
                layer -> layer % global == 0 ? LayerType.FULL : LayerType.SLIDING);
        if (width % heads != 0) {
            throw config.refused("num_attention_heads", "it does not divide hidden_size");
        }
        LayerForm full = new LayerForm(
                Reach.ALL,
                RotaryFields.read(config, LayerType.FULL, width / heads, "global_rope_theta", 160_000, true));
        LayerForm sliding = new LayerForm(
                Reach.within(config.count("local_attention", USUAL_WINDOW) / 2),
                RotaryFields.read(config, LayerType.SLIDING, width / heads, "local_rope_theta", 10_000, true));
        this.layers = new RotaryLayers(types, full, sliding);
        config.ignore("max_position_embeddings", "layer_norm_eps");
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public List<String> prefixes() {
        return List.of("", "model.");
    }

    @Override
    public String firstWeight() {
        return "embeddings.tok_embeddings.weight";
    }

    @Override
    public Pattern unusedWeights() {
        return Pattern.compile("(head|decoder|classifier)\\..*");
    }

    @Override
    public String rows(Blocks blocks) {
        String rows = blocks.weights.rows(firstWeight(), blocks.tokens.ids, vocabulary, width);
        rows = blocks.layerNorm(rows, "embeddings.norm", width, epsilon, normBias);
        rows = layers.rows(
                blocks,
                rows,
                (index, reach, turn, before, selects) -> layer(blocks, index, reach, turn, before, selects));
        return blocks.layerNorm(rows, "final_norm", width, epsilon, normBias);
    }

    private String layer(Blocks blocks, int layer, Reach reach, Angles turn, String rows, boolean selects) {
        GraphBuilder graph = blocks.graph;
        Attention.Form form = Attention.Form.usual(heads, width, reach, null);
        String prefix = "layers." + layer + ".";
        String normed = layer == 0 ? rows : blocks.layerNorm(rows, prefix + "attn_norm", width, epsilon, normBias);
        List<String> parts = blocks.linears(3, normed, prefix + "attn.Wqkv", width, width, attentionBias);
        String key = RotaryPositions.turned(graph, parts.get(1), heads, turn);
        String query = selects ? blocks.selected(parts.get(0)) : parts.get(0);
        query = RotaryPositions.turned(graph, query, heads, selects ? blocks.selected(turn) : turn);
        String context = blocks.attend(form, selects, query, key, parts.get(2));
        String before = selects ? blocks.selected(rows) : rows;
        String between = blocks.add(before, blocks.linear(context, prefix + "attn.Wo", width, width, attentionBias));
        List<String> gated = blocks.linears(
                2,
                blocks.layerNorm(between, prefix + "mlp_norm", width, epsilon, normBias),
                prefix + "mlp.Wi",
                width,
                inner,
                innerBias);
        String up = blocks.multiply(activation.apply(graph, gated.get(0)), gated.get(1));
        return blocks.add(between, blocks.linear(up, prefix + "mlp.Wo", inner, width, innerBias));
    }
}
