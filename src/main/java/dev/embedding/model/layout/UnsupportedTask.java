package dev.embedding.model.layout;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.model.ModelUnavailableException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;

/**
 * Tasks of models that have the files of an embedding model but are none. They are rejected by name: pooled, they would
 * give meaningless vectors.
 */
enum UnsupportedTask {
    RERANKER("a reranker (cross-encoder), which scores pairs of texts"),
    SPARSE("a sparse encoder, whose vectors have a component for each word of its vocabulary"),
    MULTI_VECTOR("a multi-vector encoder (late interaction), which gives a vector for each token"),
    CLASSIFIER("a classifier or a reranker (cross-encoder), which scores texts or pairs of them"),
    LANGUAGE_MODEL(
            "a language model, or a sparse encoder or reranker made of one, which scores the words of its vocabulary");

    /** Output name of a reranker's Dense module. */
    static final String SCORES = "scores";

    private static final String EMBEDDER = "SentenceTransformer";

    private static final Map<String, UnsupportedTask> BY_MODEL_TYPE = Map.of(
            "CrossEncoder", RERANKER,
            "SparseEncoder", SPARSE,
            "MultiVectorEncoder", MULTI_VECTOR,
            "ColBERT", MULTI_VECTOR);

    private static final Map<String, UnsupportedTask> BY_MODULE = Map.of(
            "LogitScore", RERANKER,
            "MLMTransformer", SPARSE,
            "SpladePooling", SPARSE,
            "SparseAutoEncoder", SPARSE,
            "CSRSparsity", SPARSE,
            "SparseStaticEmbedding", SPARSE,
            "IDF", SPARSE,
            "MultiVectorMask", MULTI_VECTOR,
            "HierarchicalTokenPooling", MULTI_VECTOR,
            "LambdaTokenPooling", MULTI_VECTOR);

    private static final Map<String, UnsupportedTask> BY_PACKAGE = Map.of(
            "sentence_transformers.cross_encoder.", RERANKER,
            "sentence_transformers.sparse_encoder.", SPARSE,
            "sentence_transformers.multi_vector_encoder.", MULTI_VECTOR,
            "pylate.", MULTI_VECTOR);

    private static final Map<String, UnsupportedTask> BY_TRANSFORMER_TASK =
            Map.of("sequence-classification", CLASSIFIER, "fill-mask", SPARSE, "text-generation", LANGUAGE_MODEL);

    /** Fields of PyLate's models that configure the token vectors of queries and documents. */
    private static final Set<String> PYLATE_FIELDS =
            Set.of("do_query_expansion", "attend_to_expansion_tokens", "attend_to_mask_tokens", "skiplist_words");

    private static final List<String> CLASSIFIER_ARCHITECTURES = List.of(
            "ForSequenceClassification",
            "ForTokenClassification",
            "ForQuestionAnswering",
            "ForMultipleChoice",
            "ForNextSentencePrediction");
    private static final List<String> LANGUAGE_MODEL_ARCHITECTURES =
            List.of("ForMaskedLM", "ForCausalLM", "LMHeadModel", "ForPreTraining");
    private static final List<String> MULTI_VECTOR_ARCHITECTURES = List.of("HF_ColBERT", "ForRetrieval");

    private final String description;

    UnsupportedTask(String description) {
        this.description = description;
    }

    /** The end of a message that begins with the field by which the task was recognised. */
    String refusal() {
        return ": it is " + description
                + "; this service does not serve such models yet, only those with one dense vector a text";
    }

    /** @throws ModelUnavailableException when {@code config_sentence_transformers.json} declares another task */
    static void refuseByType(ModelFiles files) {
        JsonNode config = files.optionalJson(PromptsFile.NAME);
        JsonNode said = config.path("model_type");
        String type = said.isTextual() ? said.textValue() : EMBEDDER;
        if (BY_MODEL_TYPE.containsKey(type)) {
            throw files.refusal(
                    PromptsFile.NAME,
                    "has the model_type " + type + BY_MODEL_TYPE.get(type).refusal());
        }
        if (!type.equals(EMBEDDER)) {
            throw files.refusal(PromptsFile.NAME, "has the model_type " + type + ", which is not known");
        }
        PYLATE_FIELDS.stream().filter(config::has).sorted().findFirst().ifPresent(field -> {
            throw files.refusal(PromptsFile.NAME, "has the field " + field + MULTI_VECTOR.refusal());
        });
    }

    /** Recognises a task by the type of a module in {@code modules.json}. */
    static Optional<UnsupportedTask> ofModule(String type) {
        String simple = type.substring(type.lastIndexOf('.') + 1);
        return Optional.ofNullable(BY_MODULE.get(simple)).or(() -> BY_PACKAGE.entrySet().stream()
                .filter(entry -> type.startsWith(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst());
    }

    /** Recognises a task by the {@code transformer_task} of {@code sentence_bert_config.json}. */
    static Optional<UnsupportedTask> ofTransformerTask(String task) {
        return Optional.ofNullable(BY_TRANSFORMER_TASK.get(task));
    }

    /**
     * Recognises a task by the {@code architectures} of {@code config.json}, which count only where no file lists the
     * modules.
     */
    static Optional<UnsupportedTask> ofArchitecture(JsonNode config) {
        return hasArchitecture(config, CLASSIFIER_ARCHITECTURES)
                ? Optional.of(CLASSIFIER)
                : hasArchitecture(config, MULTI_VECTOR_ARCHITECTURES) ? Optional.of(MULTI_VECTOR) : Optional.empty();
    }

    /**
     * Whether the {@code architectures} say that the model was trained to predict words, as models are before they are
     * trained to embed, and some still say afterwards.
     */
    static boolean isLanguageModel(JsonNode config) {
        return hasArchitecture(config, LANGUAGE_MODEL_ARCHITECTURES);
    }

    /** The task of a graph that outputs logits and no vectors. */
    static UnsupportedTask ofLogits(JsonNode config) {
        return ofArchitecture(config).filter(task -> task == CLASSIFIER).orElse(LANGUAGE_MODEL);
    }

    private static boolean hasArchitecture(JsonNode config, List<String> endings) {
        return StreamSupport.stream(config.path("architectures").spliterator(), false)
                .anyMatch(name -> endings.stream().anyMatch(name.asText()::endsWith));
    }
}
