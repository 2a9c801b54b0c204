package dev.embedding.infer.architecture;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The families of transformers whose graphs are built, by {@code model_type}. */
public final class Architectures {

    private static final Map<String, Function<ArchitectureConfig, Family>> FAMILIES = Map.ofEntries(
            Map.entry("bert", BertFamily::read),
            Map.entry("roberta", BertFamily::read),
            Map.entry("xlm-roberta", BertFamily::read),
            Map.entry("camembert", BertFamily::read),
            Map.entry("electra", BertFamily::read),
            Map.entry("mpnet", BertFamily::read),
            Map.entry("distilbert", BertFamily::read),
            Map.entry("albert", BertFamily::read),
            Map.entry("modernbert", ModernBert::new),
            Map.entry("nomic_bert", NomicBert::read),
            Map.entry("new", Gte::read),
            Map.entry("gte", Gte::read),
            Map.entry("deberta-v2", Deberta::new),
            Map.entry("t5", T5Encoder::new),
            Map.entry("mt5", T5Encoder::new),
            Map.entry("umt5", T5Encoder::new),
            Map.entry("llama", DecoderFamily::new),
            Map.entry("mistral", DecoderFamily::new),
            Map.entry("qwen2", DecoderFamily::new),
            Map.entry("qwen3", DecoderFamily::new),
            Map.entry("gemma3_text", DecoderFamily::new),
            Map.entry("eurobert", DecoderFamily::new));

    private Architectures() {}

    /** The known values of {@code model_type}. */
    public static List<String> modelTypes() {
        return FAMILIES.keySet().stream().sorted().toList();
    }

    /** Why no graph can be built for a {@code config.json}, as the end of a sentence; empty when one can. */
    public static Optional<String> refusal(JsonNode config) {
        try {
            Family unused = read(config);
            return Optional.empty();
        } catch (UnsupportedArchitectureException unsupported) {
            return Optional.of(String.valueOf(unsupported.getMessage()));
        }
    }

    /**
     * Width of the last layer's rows.
     *
     * @throws UnsupportedArchitectureException when no graph can be built
     */
    public static int width(JsonNode config) {
        return read(config).width();
    }

    /** @throws UnsupportedArchitectureException when the family, or a field, is not known */
    static Family read(JsonNode content) {
        ArchitectureConfig config = new ArchitectureConfig(content);
        Function<ArchitectureConfig, Family> family = FAMILIES.get(config.modelType());
        if (family == null) {
            throw config.refused("model_type", "known are " + String.join(", ", modelTypes()));
        }
        config.require("quantization_config");
        Family read = family.apply(config);
        config.requireAllUnderstood();
        return read;
    }
}
