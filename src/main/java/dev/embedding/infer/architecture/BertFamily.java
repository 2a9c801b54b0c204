package dev.embedding.infer.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * BERT, RoBERTa, XLM-RoBERTa, CamemBERT, ELECTRA, MPNet, DistilBERT and ALBERT: learned positions, and a norm after
 * each residual addition.
 */
final class BertFamily implements Family {

    private static final Set<String> POSITIONS_BEHIND_PADDING = Set.of("roberta", "xlm-roberta", "camembert", "mpnet");
    private static final Set<String> WITH_EMBEDDING_WIDTH = Set.of("electra", "albert");
    private static final int USUAL_EMBEDDING_WIDTH = 128;
    private static final double EPSILON_OF_DISTILBERT = 1e-12;
    /** Its positions begin behind this id, whatever is configured. */
    private static final int PADDING_OF_MPNET = 1;

    private final String type;
    private final BertNames names;
    private final int width;
    private final int embeddingWidth;
    private final int vocabulary;
    /** What the names of each layer's weights begin with. */
    private final List<String> layers;

    private final int heads;
    private final int positions;
    private final int segments;
    private final int padTokenId;
    private final double epsilon;
    private final BertLayer layer;

    private BertFamily(ArchitectureConfig config, BertNames names) {
        this.type = config.modelType();
        this.names = names;
        this.width = config.requiredCount(names.width());
        this.layers = layers(config, names, config.requiredCount(names.layers()));
        this.heads = config.requiredCount(names.heads());
        this.embeddingWidth =
                WITH_EMBEDDING_WIDTH.contains(type) ? config.count("embedding_size", USUAL_EMBEDDING_WIDTH) : width;
        this.vocabulary = config.requiredCount("vocab_size");
        this.positions = config.requiredCount("max_position_embeddings");
        this.segments = names.hasSegments() ? config.count("type_vocab_size", 2) : 0;
        int padToken = config.tokenId("pad_token_id", 1);
        this.padTokenId = type.equals("mpnet") ? PADDING_OF_MPNET : padToken;
        this.epsilon = type.equals("distilbert") ? EPSILON_OF_DISTILBERT : config.positive("layer_norm_eps", 1e-12);
        this.layer = new BertLayer(
                names,
                width,
                config.requiredCount(names.inner()),
                epsilon,
                Activations.of(config, names.activation(), type.equals("albert") ? "gelu_new" : "gelu"));
        config.require("position_embedding_type", "absolute");
        config.require("is_decoder", "false");
        config.require("add_cross_attention", "false");
        config.require("pruned_heads");
        // DistilBERT's sinusoids are a table in the file; MPNet computes with 32 buckets whatever is configured.
        config.ignore("sinusoidal_pos_embds", "relative_attention_num_buckets");
        if (width % heads != 0) {
            throw config.refused(names.heads(), "it does not divide " + names.width());
        }
    }

    /** ALBERT's layers share weights by groups, and a group may be several layers with weights of their own. */
    private static List<String> layers(ArchitectureConfig config, BertNames names, int count) {
        if (!config.modelType().equals("albert")) {
            return IntStream.range(0, count)
                    .mapToObj(layer -> names.layer() + layer + ".")
                    .toList();
        }
        config.ignore("down_scale_factor", "gap_size", "layers_to_keep", "net_structure_type", "num_memory_blocks");
        int groups = config.count("num_hidden_groups", 1);
        int inner = config.count("inner_group_num", 1);
        List<String> layers = new ArrayList<>();
        for (int layer = 0; layer < count; layer++) {
            int group = (int) (layer / ((double) count / groups));
            for (int part = 0; part < inner; part++) {
                layers.add(names.layer() + group + ".albert_layers." + part + ".");
            }
        }
        return layers;
    }

    static Family read(ArchitectureConfig config) {
        return switch (config.modelType()) {
            case "distilbert" -> new BertFamily(config, BertNames.DISTILBERT);
            case "mpnet" -> new BertFamily(config, BertNames.MPNET);
            case "albert" -> new BertFamily(config, BertNames.ALBERT);
            default -> new BertFamily(config, BertNames.BERT);
        };
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public List<String> prefixes() {
        return switch (type) {
            case "xlm-roberta", "camembert" -> List.of("", "roberta.");
            default -> List.of("", type + ".");
        };
    }

    @Override
    public String firstWeight() {
        return "embeddings.word_embeddings.weight";
    }

    @Override
    public Pattern unusedWeights() {
        return Pattern.compile(
                "(pooler|cls|lm_head|classifier|predictions|sop_classifier|vocab_(transform|projector|layer_norm)"
                        + "|discriminator_predictions|generator_(predictions|lm_head))\\..*");
    }

    @Override
    public String rows(Blocks blocks) {
        String rows = embeddings(blocks);
        Attention.@Nullable RelativeBias relative = type.equals("mpnet")
                ? RelativeBuckets.ofMpnet().bias(blocks, "encoder.relative_attention_bias.weight", heads)
                : null;
        Attention.Form form = Attention.Form.usual(heads, width, Reach.ALL, relative);
        for (int index = 0; index < layers.size(); index++) {
            boolean selects = blocks.selects() && index == layers.size() - 1;
            rows = layer.rows(blocks, layers.get(index), form, rows, selects);
        }
        return rows;
    }

    private String embeddings(Blocks blocks) {
        Tokens tokens = blocks.tokens;
        String rows = blocks.weights.rows(firstWeight(), tokens.ids, vocabulary, embeddingWidth);
        String places = POSITIONS_BEHIND_PADDING.contains(type) ? tokens.positionsBehind(padTokenId) : tokens.positions;
        rows = blocks.withSegment(rows, segments, embeddingWidth);
        rows = blocks.add(
                rows, blocks.weights.rows("embeddings.position_embeddings.weight", places, positions, embeddingWidth));
        rows = blocks.layerNorm(rows, "embeddings.LayerNorm", embeddingWidth, epsilon, true);
        boolean projects = embeddingWidth != width || type.equals("albert");
        return projects ? blocks.linear(rows, names.projection(), embeddingWidth, width, true) : rows;
    }
}
