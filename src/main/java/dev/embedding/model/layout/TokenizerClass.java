package dev.embedding.model.layout;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The effects of the tokenizer's class in transformers: for some components its {@code tokenizer_config.json} overrides
 * {@code tokenizer.json}.
 *
 * @see <a href="https://huggingface.co/docs/transformers/model_doc/bert#transformers.BertTokenizer">BertTokenizer</a>
 */
final class TokenizerClass {

    private static final Set<String> LIKE_BERT =
            Set.of("bert", "distilbert", "electra", "mobilebert", "convbert", "squeezebert", "mpnet");
    private static final String ROBERTA = "roberta";
    /** Those that add the first and the last token as configured. */
    private static final Set<String> LIKE_LLAMA = Set.of(
            "llama",
            "codellama",
            "gemma",
            "cohere",
            "gptneox",
            "mistral",
            "mixtral",
            "gemma2",
            "gemma3_text",
            "gpt_neox");

    private TokenizerClass() {}

    /**
     * The fields that override, by the type of their component.
     *
     * @param tokenizer {@code tokenizer_config.json}
     * @param config {@code config.json}, whose {@code model_type} decides where no class is configured
     */
    static Map<String, Map<String, Object>> componentFields(JsonNode tokenizer, JsonNode config) {
        String family = family(tokenizer, config);
        if (LIKE_BERT.contains(family)) {
            Map<String, Object> normalizer = new TreeMap<>();
            normalizer.put("clean_text", true);
            normalizer.put("lowercase", tokenizer.path("do_lower_case").asBoolean(true));
            normalizer.put(
                    "handle_chinese_chars",
                    tokenizer.path("tokenize_chinese_chars").asBoolean(true));
            // A missing value follows the lower-casing, whatever the tokenizer's own file says.
            JsonNode stripAccents = tokenizer.path("strip_accents");
            normalizer.put("strip_accents", stripAccents.isBoolean() ? stripAccents : NullNode.getInstance());
            return Map.of("BertNormalizer", normalizer);
        }
        return family.equals(ROBERTA)
                ? Map.of(
                        "ByteLevel",
                        Map.of(
                                "add_prefix_space",
                                tokenizer.path("add_prefix_space").asBoolean()))
                : Map.of();
    }

    /**
     * The special token that every text begins or ends with, as {@code add_bos_token} and {@code add_eos_token} say;
     * empty where {@code tokenizer.json} alone decides.
     *
     * @param name {@code bos_token} or {@code eos_token}
     */
    static String addedToken(String name, JsonNode tokenizer, JsonNode config) {
        // Code of the model's own has such fields where the class that it replaces has none.
        boolean counts = LIKE_LLAMA.contains(family(tokenizer, config)) || tokenizer.has("auto_map");
        if (!counts || !tokenizer.path("add_" + name).asBoolean(false)) {
            return "";
        }
        JsonNode token = tokenizer.path(name);
        return token.isObject() ? token.path("content").asText() : token.asText("");
    }

    private static String family(JsonNode tokenizer, JsonNode config) {
        String named = tokenizer.path("tokenizer_class").asText("");
        return named.isEmpty()
                ? config.path("model_type").asText()
                : named.replaceFirst("Tokenizer(Fast)?$", "").toLowerCase(Locale.ROOT);
    }
}
