package dev.embedding.infer.architecture;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** DeBERTa-v2 and DeBERTa-v3: BERT's layers, with distances as vectors of their own in the scores. */
final class Deberta implements Family {

    private static final String DISTANCES = "encoder.rel_embeddings.weight";
    private static final String POSITION_TYPES = "pos_att_type";
    private static final String NORMS = "norm_rel_ebd";

    private final int width;
    private final int embeddingWidth;
    private final int vocabulary;
    private final int layers;
    private final int heads;
    private final int positions;
    private final int segments;
    private final boolean addsPositions;
    private final double epsilon;
    private final Set<String> positionTypes;
    /** Null without relative positions. */
    private final @Nullable LogBuckets buckets;

    private final boolean normsDistances;
    private final boolean sharesProjections;
    private final BertLayer layer;

    Deberta(ArchitectureConfig config) {
        this.width = config.requiredCount("hidden_size");
        this.embeddingWidth = config.count("embedding_size", width);
        this.vocabulary = config.requiredCount("vocab_size");
        this.layers = config.requiredCount("num_hidden_layers");
        this.heads = config.requiredCount("num_attention_heads");
        this.positions = config.count("max_position_embeddings", 512);
        this.segments = config.countOrNone("type_vocab_size", 0);
        this.addsPositions = config.flag("position_biased_input", true);
        this.epsilon = config.positive("layer_norm_eps", 1e-7);
        this.positionTypes = parts(config, POSITION_TYPES, Set.of("c2p", "p2c"));
        this.buckets = config.flag("relative_attention", false) ? LogBuckets.read(config, positions) : null;
        this.normsDistances = parts(config, NORMS, Set.of("none", "layer_norm")).contains("layer_norm");
        this.sharesProjections = config.flag("share_att_key", false);
        this.layer = new BertLayer(
                BertNames.DEBERTA,
                width,
                config.requiredCount("intermediate_size"),
                epsilon,
                Activations.of(config, "hidden_act", "gelu"));
        config.ignore("legacy", "max_relative_positions", "position_buckets");
        if (width % heads != 0 || config.count("attention_head_size", width / heads) != width / heads) {
            throw config.refused("num_attention_heads", "the heads are not together as wide as hidden_size");
        }
        if (config.countOrNone("conv_kernel_size", 0) > 0) {
            throw config.refused("conv_kernel_size", "convolutions are not supported");
        }
        config.ignore("conv_act", "conv_groups");
        if (buckets != null && positionTypes.isEmpty()) {
            throw config.refused(POSITION_TYPES, "relative_attention needs c2p or p2c");
        }
    }

    /** The parts of a list, or of a text in which they are separated. */
    private static Set<String> parts(ArchitectureConfig config, String field, Set<String> known) {
        Set<String> parts = new TreeSet<>();
        JsonNode value = config.field(field).orElse(null);
        if (value != null && value.isTextual()) {
            for (String part : value.textValue().split("\\|", -1)) {
                parts.add(part.strip().toLowerCase(Locale.ROOT));
            }
        } else {
            parts.addAll(config.texts(field));
        }
        if (!known.containsAll(parts)) {
            throw config.refused(field, "known are " + String.join(", ", new TreeSet<>(known)));
        }
        return parts;
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public List<String> prefixes() {
        return List.of("", "deberta.");
    }

    @Override
    public String firstWeight() {
        return "embeddings.word_embeddings.weight";
    }

    @Override
    public Pattern unusedWeights() {
        String heads = "pooler|cls|lm_predictions|mask_predictions|classifier";
        // transformers keeps the norm of relative positions also where there are none.
        return Pattern.compile("(" + heads + (buckets == null ? "|encoder\\.LayerNorm" : "") + ")\\..*");
    }

    @Override
    public String rows(Blocks blocks) {
        String rows = embeddings(blocks);
        List<Attention.Form> forms = forms(blocks);
        for (int index = 0; index < layers; index++) {
            boolean selects = blocks.selects() && index == layers - 1;
            rows = layer.rows(blocks, prefix(index), forms.get(index), rows, selects);
        }
        return rows;
    }

    private static String prefix(int layer) {
        return "encoder.layer." + layer + ".";
    }

    private String embeddings(Blocks blocks) {
        String rows = blocks.weights.rows(firstWeight(), blocks.tokens.ids, vocabulary, embeddingWidth);
        if (addsPositions) {
            rows = blocks.add(
                    rows,
                    blocks.weights.rows(
                            "embeddings.position_embeddings.weight",
                            blocks.tokens.positions,
                            positions,
                            embeddingWidth));
        }
        rows = blocks.withSegment(rows, segments, embeddingWidth);
        if (embeddingWidth != width) {
            rows = blocks.linear(rows, "embeddings.embed_proj", embeddingWidth, width, false);
        }
        return blocks.layerNorm(rows, "embeddings.LayerNorm", width, epsilon, true);
    }

    /** Attention of each layer. What depends on weights only, the engine computes once. */
    private List<Attention.Form> forms(Blocks blocks) {
        int headWidth = width / heads;
        double scale = 1 / Math.sqrt((double) headWidth * (1 + positionTypes.size()));
        List<Attention.Form> forms = new ArrayList<>();
        if (buckets == null) {
            for (int index = 0; index < layers; index++) {
                forms.add(new Attention.Form(heads, heads, headWidth, scale, Reach.ALL, null));
            }
            return forms;
        }
        String distances = blocks.weights.floats(DISTANCES, buckets.count(), width);
        if (normsDistances) {
            distances = blocks.layerNorm(distances, "encoder.LayerNorm", width, epsilon, true);
        }
        for (int index = 0; index < layers; index++) {
            String attention = prefix(index) + "attention.self.";
            forms.add(Attention.Form.withContent(
                    heads,
                    headWidth,
                    scale,
                    new DisentangledBias(
                            blocks.graph,
                            buckets.rows(),
                            heads,
                            headWidth,
                            projected(blocks, "c2p", distances, attention, "key_proj", scale),
                            projected(blocks, "p2c", distances, attention, "query_proj", scale))));
        }
        return forms;
    }

    private @Nullable String projected(
            Blocks blocks, String type, String distances, String attention, String name, double scale) {
        if (!positionTypes.contains(type)) {
            return null;
        }
        String weight = attention + (sharesProjections ? "" : "pos_") + name;
        blocks.weights.countComputed(
                (long) width * Objects.requireNonNull(buckets).count());
        return blocks.multiply(
                blocks.linear(distances, weight, width, width, true), blocks.graph.number((float) scale));
    }
}
