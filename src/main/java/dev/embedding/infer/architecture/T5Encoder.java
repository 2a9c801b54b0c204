package dev.embedding.infer.architecture;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The encoder of T5, mT5 and UMT5: root-mean-square norms before each part of a layer, no positions but a bias of the
 * scores by distance, and scores that are not scaled. The decoder's weights may be in the files; they are not read.
 */
final class T5Encoder implements Family {

    private static final String FEED_FORWARD = "feed_forward_proj";
    private static final String ACTIVATION = "dense_act_fn";
    private static final String GATED = "gated";
    /** Both hold the same table, where they are there. */
    private static final String TABLE = "shared.weight";

    private static final String TABLE_OF_ENCODER = "encoder.embed_tokens.weight";

    private final int width;
    private final int vocabulary;
    private final int layers;
    private final int heads;
    private final int headWidth;
    private final int inner;
    private final double epsilon;
    private final boolean gated;
    /** Whether each layer has its own bias by distance; else the first one's is for all. */
    private final boolean ownBiases;

    private final Activations.Function activation;
    private final RelativeBuckets buckets;

    T5Encoder(ArchitectureConfig config) {
        this.width = config.requiredCount("d_model");
        this.vocabulary = config.requiredCount("vocab_size");
        this.layers = config.requiredCount("num_layers");
        this.heads = config.requiredCount("num_heads");
        this.headWidth = config.requiredCount("d_kv");
        this.inner = config.requiredCount("d_ff");
        this.epsilon = config.positive("layer_norm_epsilon", 1e-6);
        this.ownBiases = config.modelType().equals("umt5");
        String feedForward = config.text(FEED_FORWARD).orElse(config.modelType().equals("t5") ? "relu" : "gated-gelu");
        this.gated = config.flag("is_gated_act", feedForward.startsWith(GATED + "-"));
        this.activation = activation(config, feedForward);
        this.buckets = RelativeBuckets.read(config);
        config.require("is_decoder", "false");
        config.ignore("num_decoder_layers", "n_positions", "scale_decoder_outputs");
    }

    /** The part of {@code feed_forward_proj} behind {@code gated-}, or a field of its own, which wins. */
    private static Activations.Function activation(ArchitectureConfig config, String feedForward) {
        String[] parts = feedForward.split("-", -1);
        if (parts.length > 2 || parts.length == 2 && !parts[0].equals(GATED)) {
            throw config.refused(FEED_FORWARD, "an activation is expected, or gated- and an activation");
        }
        String name = feedForward.equals("gated-gelu") ? "gelu_new" : parts[parts.length - 1];
        return config.field(ACTIVATION).isPresent()
                ? Activations.of(config, ACTIVATION, name)
                : Activations.named(config, FEED_FORWARD, name);
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public List<String> prefixes() {
        return List.of("", "transformer.");
    }

    @Override
    public String firstWeight() {
        return "encoder.final_layer_norm.weight";
    }

    @Override
    public Pattern unusedWeights() {
        return Pattern.compile("(decoder|lm_head|classification_head|classifier)\\..*|encoder\\.embed_tokens\\.weight");
    }

    @Override
    public String rows(Blocks blocks) {
        String table = blocks.weights.has(TABLE) ? TABLE : TABLE_OF_ENCODER;
        String rows = blocks.weights.rows(table, blocks.tokens.ids, vocabulary, width);
        Attention.Form shared = form(blocks, 0);
        for (int layer = 0; layer < layers; layer++) {
            boolean selects = blocks.selects() && layer == layers - 1;
            Attention.Form form = ownBiases ? form(blocks, layer) : shared;
            rows = layer(blocks, "encoder.block." + layer + ".layer.", form, rows, selects);
        }
        return norm(blocks, rows, "encoder.final_layer_norm");
    }

    private Attention.Form form(Blocks blocks, int layer) {
        String table = "encoder.block." + layer + ".layer.0.SelfAttention.relative_attention_bias.weight";
        return new Attention.Form(heads, heads, headWidth, 1, Reach.ALL, buckets.bias(blocks, table, heads));
    }

    private String layer(Blocks blocks, String prefix, Attention.Form form, String rows, boolean selects) {
        String attention = prefix + "0.SelfAttention.";
        int together = heads * headWidth;
        String normed = norm(blocks, rows, prefix + "0.layer_norm");
        String context = blocks.attend(
                form,
                selects,
                blocks.linear(selects ? blocks.selected(normed) : normed, attention + "q", width, together, false),
                blocks.linear(normed, attention + "k", width, together, false),
                blocks.linear(normed, attention + "v", width, together, false));
        String before = selects ? blocks.selected(rows) : rows;
        String between = blocks.add(before, blocks.linear(context, attention + "o", together, width, false));
        String up = up(blocks, prefix + "1.DenseReluDense.", norm(blocks, between, prefix + "1.layer_norm"));
        return blocks.add(between, blocks.linear(up, prefix + "1.DenseReluDense.wo", inner, width, false));
    }

    private String up(Blocks blocks, String prefix, String rows) {
        String first = blocks.linear(rows, prefix + (gated ? "wi_0" : "wi"), width, inner, false);
        String active = activation.apply(blocks.graph, first);
        return gated ? blocks.multiply(active, blocks.linear(rows, prefix + "wi_1", width, inner, false)) : active;
    }

    private String norm(Blocks blocks, String rows, String name) {
        return blocks.rmsNorm(rows, blocks.weights.floats(name + ".weight", width), epsilon);
    }
}
