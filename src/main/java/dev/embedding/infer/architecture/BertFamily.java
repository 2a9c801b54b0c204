package dev.embedding.infer.architecture;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * BERT, RoBERTa, XLM-RoBERTa, CamemBERT, ELECTRA, MPNet and DistilBERT: learned positions, and a norm after each
 * residual addition.
 */
final class BertFamily implements Family {

    private static final Set<String> POSITIONS_BEHIND_PADDING = Set.of("roberta", "xlm-roberta", "camembert", "mpnet");
    private static final double EPSILON_OF_DISTILBERT = 1e-12;
    /** Its positions begin behind this id, whatever is configured. */
    private static final int PADDING_OF_MPNET = 1;

    private final String type;
    private final Names names;
    private final int width;
    private final int embeddingWidth;
    private final int vocabulary;
    private final int layers;
    private final int heads;
    private final int inner;
    private final int positions;
    private final int segments;
    private final int padTokenId;
    private final double epsilon;
    private final Activations.Function activation;

    private BertFamily(ArchitectureConfig config, Names names) {
        this.type = config.modelType();
        this.names = names;
        this.width = config.requiredCount(names.width());
        this.layers = config.requiredCount(names.layers());
        this.heads = config.requiredCount(names.heads());
        this.inner = config.requiredCount(names.inner());
        this.embeddingWidth = type.equals("electra") ? config.count("embedding_size", 128) : width;
        this.vocabulary = config.requiredCount("vocab_size");
        this.positions = config.requiredCount("max_position_embeddings");
        this.segments = names.hasSegments() ? config.count("type_vocab_size", 2) : 0;
        int padToken = config.tokenId("pad_token_id", 1);
        this.padTokenId = type.equals("mpnet") ? PADDING_OF_MPNET : padToken;
        this.epsilon = type.equals("distilbert") ? EPSILON_OF_DISTILBERT : config.positive("layer_norm_eps", 1e-12);
        this.activation = Activations.of(config, names.activation(), "gelu");
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

    static Family read(ArchitectureConfig config) {
        return switch (config.modelType()) {
            case "distilbert" -> new BertFamily(config, Names.DISTILBERT);
            case "mpnet" -> new BertFamily(config, Names.MPNET);
            default -> new BertFamily(config, Names.BERT);
        };
    }

    /** The names of fields and weights. */
    private record Names(
            String width,
            String layers,
            String heads,
            String inner,
            String activation,
            boolean hasSegments,
            String layer,
            String query,
            String key,
            String value,
            String output,
            String attentionNorm,
            String up,
            String down,
            String outputNorm) {

        static final Names BERT = ofBert(
                true,
                "attention.self.query",
                "attention.self.key",
                "attention.self.value",
                "attention.output.dense",
                "attention.output.LayerNorm");

        static final Names MPNET = ofBert(
                false,
                "attention.attn.q",
                "attention.attn.k",
                "attention.attn.v",
                "attention.attn.o",
                "attention.LayerNorm");

        static final Names DISTILBERT = new Names(
                "dim",
                "n_layers",
                "n_heads",
                "hidden_dim",
                "activation",
                false,
                "transformer.layer.",
                "attention.q_lin",
                "attention.k_lin",
                "attention.v_lin",
                "attention.out_lin",
                "sa_layer_norm",
                "ffn.lin1",
                "ffn.lin2",
                "output_layer_norm");

        private static Names ofBert(
                boolean hasSegments, String query, String key, String value, String output, String attentionNorm) {
            return new Names(
                    "hidden_size",
                    "num_hidden_layers",
                    "num_attention_heads",
                    "intermediate_size",
                    "hidden_act",
                    hasSegments,
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
        return Pattern.compile("(pooler|cls|lm_head|classifier|vocab_(transform|projector|layer_norm)"
                + "|discriminator_predictions|generator_(predictions|lm_head))\\..*");
    }

    @Override
    public String rows(Blocks blocks) {
        String rows = embeddings(blocks);
        Attention.@Nullable RelativeBias relative = type.equals("mpnet")
                ? RelativeBuckets.ofMpnet().bias(blocks, "encoder.relative_attention_bias.weight", heads)
                : null;
        Attention.Form form = Attention.Form.usual(heads, width, Reach.ALL, relative);
        for (int layer = 0; layer < layers; layer++) {
            boolean selects = blocks.selects() && layer == layers - 1;
            rows = layer(blocks, names.layer() + layer + ".", form, rows, selects);
        }
        return rows;
    }

    private String embeddings(Blocks blocks) {
        Tokens tokens = blocks.tokens;
        String rows = blocks.weights.rows(firstWeight(), tokens.ids, vocabulary, embeddingWidth);
        String places = POSITIONS_BEHIND_PADDING.contains(type) ? tokens.positionsBehind(padTokenId) : tokens.positions;
        if (names.hasSegments()) {
            rows = blocks.add(
                    rows,
                    blocks.weights.rows(
                            "embeddings.token_type_embeddings.weight",
                            blocks.graph.integers(0),
                            segments,
                            embeddingWidth));
        }
        rows = blocks.add(
                rows, blocks.weights.rows("embeddings.position_embeddings.weight", places, positions, embeddingWidth));
        rows = blocks.layerNorm(rows, "embeddings.LayerNorm", embeddingWidth, epsilon, true);
        return embeddingWidth == width ? rows : blocks.linear(rows, "embeddings_project", embeddingWidth, width, true);
    }

    private String layer(Blocks blocks, String prefix, Attention.Form form, String rows, boolean selects) {
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
