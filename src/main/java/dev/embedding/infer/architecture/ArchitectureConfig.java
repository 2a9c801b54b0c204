package dev.embedding.infer.architecture;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The fields of {@code config.json}. Every field is read by the family, known to change no vector, or refused. A null
 * counts as missing.
 */
final class ArchitectureConfig {

    static final String FILE = "config.json";

    /** What all classes of transformers have, and what concerns training, generating text, or heads of other tasks. */
    private static final Pattern WITHOUT_EFFECT = Pattern.compile("_.*"
            + "|architectures|auto_map|base_model_type|chunk_size_feed_forward|custom_pipelines|model_type"
            + "|torch_dtype|dtype|transformers_version|transformers\\.js_config|adapter.*|name_or_path|model_name"
            + "|attn_implementation|use_flash_attn|use_flash_attention.*|flash_attn|use_memory_efficient_attention"
            + "|deterministic_flash_attn|reference_compile|unpad_inputs|repad_logits_with_grad|return_dict"
            + "|.*dropout.*|.*_drop|.*_prob|initializer.*|init_.*|gradient_checkpointing|use_cache|cache_implementation"
            + "|.*_token_id|.*_token_ids|(bos|eos|mask|pad)_token|forced_.*|tie_word_embeddings|tie_encoder_decoder|tie_weights_?"
            + "|vocab_size|vocab_size_or_config_json_file|pretraining_tp|tokenizer_class|tokenizer_.*|processor_class"
            + "|max_length|min_length|model_max_length|loss_.*|do_sample|early_stopping|num_beams|num_beam_groups"
            + "|diversity_penalty|temperature"
            + "|top_k|top_p|typical_p|repetition_penalty|length_penalty|no_repeat_ngram_size"
            + "|encoder_no_repeat_ngram_size|bad_words_ids|num_return_sequences|output_.*|suppress_tokens"
            + "|begin_suppress_tokens|exponential_decay_length_penalty|remove_invalid_values|return_dict_in_generate"
            + "|is_encoder_decoder|cross_attention_hidden_size|torchscript|use_bfloat16|tf_legacy_loss|prefix"
            + "|generator_.*|summary_.*|classifier_.*|clf_pooling|pooler_.*|problem_type|finetuning_task|id2label|label2id|num_labels"
            + "|task_specific_params|sentence_transformers|sbert_.*|matryoshka_dimensions|language|languages|license"
            + "|decoder_bias|sparse_pred.*|directionality|embedding_.*_normalize|labels?|max_seq_length|type_vocab_size"
            + "|special_tokens|additional_special_tokens.*|final_logit_softcapping|use_mtp.*|num_nextn_predict_layers"
            + "|router_aux_loss_coef|vision_config|mm_.*|image_.*|boi_.*|eoi_.*");

    private final JsonNode fields;
    private final Set<String> read = new HashSet<>();

    ArchitectureConfig(JsonNode fields) {
        this.fields = fields;
    }

    String modelType() {
        return text("model_type").orElse("");
    }

    Optional<JsonNode> field(String name) {
        read.add(name);
        JsonNode value = fields.path(name);
        return value.isMissingNode() || value.isNull() ? Optional.empty() : Optional.of(value);
    }

    Optional<String> text(String name) {
        return field(name).map(value -> {
            if (!value.isTextual()) {
                throw refused(name, "a text is expected");
            }
            return value.textValue();
        });
    }

    /** A positive whole number. */
    Optional<Integer> count(String name) {
        return field(name).map(value -> {
            if (!value.canConvertToExactIntegral() || !value.canConvertToInt() || value.intValue() < 1) {
                throw refused(name, "a positive whole number is expected");
            }
            return value.intValue();
        });
    }

    int requiredCount(String name) {
        return count(name).orElseThrow(() -> missing(name));
    }

    int count(String name, int otherwise) {
        return count(name).orElse(otherwise);
    }

    /** A whole number. */
    int integer(String name, int otherwise) {
        return field(name)
                .map(value -> {
                    if (!value.isInt()) {
                        throw refused(name, "a whole number is expected");
                    }
                    return value.intValue();
                })
                .orElse(otherwise);
    }

    /** A whole number from 0 on. */
    int countOrNone(String name, int otherwise) {
        boolean isZero = field(name)
                .filter(value -> value.isInt() && value.intValue() == 0)
                .isPresent();
        return isZero ? 0 : count(name, otherwise);
    }

    double positive(String name, double otherwise) {
        return field(name)
                .map(value -> {
                    if (!value.isNumber() || !(value.doubleValue() > 0) || Double.isInfinite(value.doubleValue())) {
                        throw refused(name, "a positive number is expected");
                    }
                    return value.doubleValue();
                })
                .orElse(otherwise);
    }

    boolean flag(String name, boolean otherwise) {
        return field(name)
                .map(value -> {
                    if (!value.isBoolean()) {
                        throw refused(name, "true or false is expected");
                    }
                    return value.booleanValue();
                })
                .orElse(otherwise);
    }

    /** An id of a token; {@code otherwise} also where it is null. */
    int tokenId(String name, int otherwise) {
        return field(name).filter(JsonNode::isInt).map(JsonNode::intValue).orElse(otherwise);
    }

    List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        field(name).ifPresent(list -> list.forEach(text -> texts.add(text.asText())));
        return texts;
    }

    /** Requires a field to be missing, null, or one of some values. */
    void require(String name, String... values) {
        Optional<JsonNode> value = field(name);
        boolean supported = value.isEmpty()
                || value.get().isContainerNode() && value.get().isEmpty()
                || List.of(values).contains(value.get().asText());
        if (!supported) {
            throw refused(
                    name, values.length == 0 ? "it is not supported" : "supported is " + String.join(", ", values));
        }
    }

    /** Accepts fields that change no vector. */
    void ignore(String... names) {
        read.addAll(List.of(names));
    }

    UnsupportedArchitectureException refused(String name, String reason) {
        return new UnsupportedArchitectureException(FILE + " has " + name + " " + fields.path(name) + ": " + reason);
    }

    private static UnsupportedArchitectureException missing(String name) {
        return new UnsupportedArchitectureException(FILE + " does not say " + name);
    }

    /** Requires that all fields were read, or change no vector. */
    void requireAllUnderstood() {
        fields.properties().forEach(field -> {
            boolean understood = read.contains(field.getKey())
                    || field.getValue().isNull()
                    || WITHOUT_EFFECT.matcher(field.getKey()).matches();
            if (!understood) {
                throw refused(field.getKey(), "this field is not known for the model_type " + modelType());
            }
        });
    }
}
