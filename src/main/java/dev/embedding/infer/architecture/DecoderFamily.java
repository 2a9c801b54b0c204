package dev.embedding.infer.architecture;

import dev.embedding.infer.architecture.RotaryPositions.Angles;
import dev.embedding.infer.onnx.GraphBuilder;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Llama, Mistral, Qwen2, Qwen3, Gemma 3 and EuroBERT: rotary positions, root-mean-square norms, heads of keys for groups
 * of heads of queries, and gated feed-forward. All but EuroBERT were made to continue texts, so a token attends to those
 * before it, unless configured otherwise.
 */
final class DecoderFamily implements Family {

    private static final int USUAL_LAYERS_BEFORE_WINDOWS = 28;
    private static final int USUAL_WINDOW = 4096;
    private static final int USUAL_PATTERN_OF_GEMMA = 6;
    private static final int USUAL_SCALAR_OF_GEMMA = 256;

    private final DecoderKind kind;
    private final int width;
    private final int vocabulary;
    private final int inner;
    private final int heads;
    private final int keyHeads;
    private final int headWidth;
    private final double epsilon;
    private final double scale;
    private final boolean inputBias;
    private final boolean outputBias;
    private final boolean innerBias;
    private final Activations.Function activation;
    private final RotaryLayers layers;

    DecoderFamily(ArchitectureConfig config) {
        this.kind = DecoderKind.of(config.modelType());
        this.width = config.requiredCount("hidden_size");
        this.vocabulary = config.requiredCount("vocab_size");
        this.inner = config.requiredCount("intermediate_size");
        this.heads = config.requiredCount("num_attention_heads");
        this.keyHeads = config.count("num_key_value_heads", kind.usualKeyHeads(heads));
        this.headWidth = config.count("head_dim", kind.usualHeadWidth(width, heads));
        this.epsilon = config.positive("rms_norm_eps", kind.usualEpsilon());
        boolean attentionBias =
                kind != DecoderKind.QWEN2 && kind != DecoderKind.MISTRAL && config.flag("attention_bias", false);
        this.inputBias = attentionBias || kind == DecoderKind.QWEN2;
        this.outputBias = attentionBias;
        this.innerBias = kind.isLikeLlama() && config.flag("mlp_bias", false);
        this.activation = kind == DecoderKind.GEMMA3
                ? Activations.of(config, "hidden_activation", "gelu_pytorch_tanh")
                : Activations.of(config, "hidden_act", "silu");
        this.scale = 1
                / Math.sqrt(
                        kind == DecoderKind.GEMMA3
                                ? config.positive("query_pre_attn_scalar", USUAL_SCALAR_OF_GEMMA)
                                : headWidth);
        this.layers = layers(config);
        config.require("attn_logit_softcapping");
        config.require("is_decoder", "false");
        config.ignore("max_position_embeddings");
        if (heads % keyHeads != 0) {
            throw config.refused("num_key_value_heads", "it does not divide num_attention_heads");
        }
        if (headWidth % 2 != 0) {
            throw config.refused("head_dim", "it is odd");
        }
    }

    private LayerType rule(ArchitectureConfig config, int layer) {
        boolean slides =
                switch (kind) {
                    case QWEN2, QWEN3 ->
                        config.flag("use_sliding_window", false)
                                && layer >= config.count("max_window_layers", USUAL_LAYERS_BEFORE_WINDOWS);
                    case GEMMA3 -> (layer + 1) % config.count("sliding_window_pattern", USUAL_PATTERN_OF_GEMMA) != 0;
                    case MISTRAL -> config.field("sliding_window").isPresent();
                    case LLAMA, EUROBERT -> false;
                };
        return slides ? LayerType.SLIDING : LayerType.FULL;
    }

    private RotaryLayers layers(ArchitectureConfig config) {
        List<LayerType> types =
                LayerType.read(config, config.requiredCount("num_hidden_layers"), layer -> rule(config, layer));
        boolean gemma = kind == DecoderKind.GEMMA3;
        boolean bothWays = attendsBothWays(config);
        LayerForm full = new LayerForm(
                bothWays ? Reach.ALL : Reach.CAUSAL,
                RotaryFields.read(config, LayerType.FULL, headWidth, "rope_theta", gemma ? 1_000_000 : 10_000, true));
        LayerForm sliding = new LayerForm(
                window(config, types, bothWays),
                gemma
                        ? RotaryFields.read(config, LayerType.SLIDING, headWidth, "rope_local_base_freq", 10_000, false)
                        : full.positions());
        return new RotaryLayers(types, full, sliding);
    }

    private boolean attendsBothWays(ArchitectureConfig config) {
        return switch (kind) {
            case EUROBERT -> true;
            case GEMMA3 -> config.flag("use_bidirectional_attention", false);
            case LLAMA, MISTRAL, QWEN2, QWEN3 -> !config.flag("is_causal", true);
        };
    }

    private Reach window(ArchitectureConfig config, List<LayerType> types, boolean bothWays) {
        boolean slides = types.contains(LayerType.SLIDING);
        if (kind.isLikeLlama()) {
            config.require("sliding_window");
            if (slides) {
                throw config.refused("layer_types", "this model_type has no sliding windows");
            }
        }
        config.ignore("max_window_layers", "sliding_window_pattern");
        boolean mayNotSlide =
                (kind == DecoderKind.QWEN2 || kind == DecoderKind.QWEN3) && !config.flag("use_sliding_window", false);
        if (slides && mayNotSlide) {
            throw config.refused("layer_types", "there are sliding windows, but use_sliding_window is not true");
        }
        if (slides && bothWays && kind != DecoderKind.GEMMA3) {
            throw config.refused("is_causal", "windows to both sides are not supported for this model_type");
        }
        int window = config.count("sliding_window", USUAL_WINDOW);
        return bothWays ? Reach.within(window / 2) : Reach.causalWithin(window);
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
        return "embed_tokens.weight";
    }

    @Override
    public Pattern unusedWeights() {
        return Pattern.compile("(lm_head|score|classifier)\\..*");
    }

    @Override
    public String rows(Blocks blocks) {
        String rows = blocks.weights.rows(firstWeight(), blocks.tokens.ids, vocabulary, width);
        if (kind == DecoderKind.GEMMA3) {
            rows = blocks.multiply(rows, blocks.graph.number((float) Math.sqrt(width)));
        }
        rows = layers.rows(
                blocks,
                rows,
                (index, reach, turn, before, selects) ->
                        layer(blocks, "layers." + index + ".", reach, turn, before, selects));
        return norm(blocks, rows, "norm");
    }

    private String layer(Blocks blocks, String prefix, Reach layerReach, Angles turn, String rows, boolean selects) {
        String context = attention(blocks, prefix, layerReach, turn, rows, selects);
        String before = selects ? blocks.selected(rows) : rows;
        boolean gemma = kind == DecoderKind.GEMMA3;
        String attended = gemma ? norm(blocks, context, prefix + "post_attention_layernorm") : context;
        String between = blocks.add(before, attended);
        String normed =
                norm(blocks, between, prefix + (gemma ? "pre_feedforward_layernorm" : "post_attention_layernorm"));
        String gate = activation.apply(
                blocks.graph, blocks.linear(normed, prefix + "mlp.gate_proj", width, inner, innerBias));
        String up = blocks.linear(normed, prefix + "mlp.up_proj", width, inner, innerBias);
        String down = blocks.linear(blocks.multiply(gate, up), prefix + "mlp.down_proj", inner, width, innerBias);
        return blocks.add(between, gemma ? norm(blocks, down, prefix + "post_feedforward_layernorm") : down);
    }

    private String attention(
            Blocks blocks, String prefix, Reach layerReach, Angles turn, String rows, boolean selects) {
        Attention.Form form = new Attention.Form(heads, keyHeads, headWidth, scale, layerReach, null);
        String normed = norm(blocks, rows, prefix + "input_layernorm");
        String queried = selects ? blocks.selected(normed) : normed;
        String attention = prefix + "self_attn.";
        String query = turned(blocks, attention + "q", queried, heads, selects ? blocks.selected(turn) : turn);
        String key = turned(blocks, attention + "k", normed, keyHeads, turn);
        String value = blocks.linear(normed, attention + "v_proj", width, keyHeads * headWidth, inputBias);
        String context = blocks.attend(form, selects, query, key, value);
        return blocks.linear(context, attention + "o_proj", heads * headWidth, width, outputBias);
    }

    private String turned(Blocks blocks, String name, String rows, int count, Angles turn) {
        GraphBuilder graph = blocks.graph;
        String projected = blocks.linear(rows, name + "_proj", width, count * headWidth, inputBias);
        if (kind.normsHeads()) {
            String byHead = graph.op("Reshape", projected, graph.integers(-1, headWidth));
            String normed = blocks.rmsNorm(byHead, gain(blocks, name + "_norm", headWidth), epsilon);
            projected = graph.op("Reshape", normed, graph.integers(-1, (long) count * headWidth));
        }
        return RotaryPositions.turned(graph, projected, count, turn);
    }

    private String norm(Blocks blocks, String rows, String name) {
        return blocks.rmsNorm(rows, gain(blocks, name, width), epsilon);
    }

    /** Gemma stores what is added to 1. */
    private String gain(Blocks blocks, String name, int count) {
        String weight = blocks.weights.floats(name + ".weight", count);
        return kind == DecoderKind.GEMMA3 ? blocks.add(weight, blocks.graph.number(1)) : weight;
    }
}
