package dev.embedding.model.layout;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/** The number of a transformer's position embeddings, and its padding token, read from its {@code config.json}. */
final class PositionEmbeddings {

    private static final String ROTARY = "rotary";

    /** Architectures whose first position is the one after the padding id, which is 1 by default. */
    private static final Set<String> AFTER_PADDING = Set.of(
            "camembert",
            "data2vec-text",
            "esm",
            "ibert",
            "longformer",
            "luke",
            "mpnet",
            "roberta",
            "roberta-prelayernorm",
            "xlm-roberta",
            "xlm-roberta-xl",
            "xmod");

    /** Architectures that have their own name for {@code max_position_embeddings}. */
    private static final Set<String> WITH_N_POSITIONS = Set.of("gpt2", "gpt_bigcode", "nomic_bert", "openai-gpt");

    private PositionEmbeddings() {}

    /** The maximum number of tokens that have a position; 0 or less where it is not configured. */
    static int count(JsonNode config) {
        boolean otherName = WITH_N_POSITIONS.contains(architecture(config)) && !config.has("max_position_embeddings");
        int positions = config.path(otherName ? "n_positions" : "max_position_embeddings")
                .asInt(0);
        boolean isRotary = config.path("position_embedding_type").asText().equals(ROTARY);
        // MPNet counts from 1, whatever its padding token is.
        int padding = architecture(config).equals("mpnet") ? 1 : padTokenId(config);
        return isAfterPadding(config) && !isRotary ? positions - padding - 1 : positions;
    }

    /** The id that fills the rows of a batch up to the longest. */
    static int padTokenId(JsonNode config) {
        JsonNode id = config.path("pad_token_id");
        int defaultId = isAfterPadding(config) ? 1 : 0;
        return id.isNull() ? defaultId : id.asInt(defaultId);
    }

    private static boolean isAfterPadding(JsonNode config) {
        return AFTER_PADDING.contains(architecture(config));
    }

    private static String architecture(JsonNode config) {
        return config.path("model_type").asText();
    }
}
