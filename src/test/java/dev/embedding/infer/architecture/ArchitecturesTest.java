package dev.embedding.infer.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.embedding.fixture.ReferenceModel;
import dev.embedding.model.file.ModelWeights;
import dev.embedding.model.file.SafetensorsFile;
import dev.embedding.vector.Pooling;
import dev.embedding.vector.VectorHead;
import dev.embedding.vector.VectorSteps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Refusals of configurations and weights for which no graph can be built. */
class ArchitecturesTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final VectorHead MEAN = new VectorHead(List.of(Pooling.MEAN), false, VectorSteps.NONE);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "bert-cls-normalize | model_type | \"gpt2\" | known are albert, bert, camembert",
                "bert-cls-normalize | hidden_act | \"mish\" | known are gelu",
                "bert-cls-normalize | position_embedding_type | \"relative_key\" | supported is absolute",
                "bert-cls-normalize | is_decoder | true | supported is false",
                "bert-cls-normalize | num_attention_heads | 5 | does not divide",
                "bert-cls-normalize | num_hidden_layers | 0 | positive whole number",
                "bert-cls-normalize | layer_norm_eps | \"small\" | positive number",
                "bert-cls-normalize | pruned_heads | {\"0\": [1]} | not supported",
                "bert-cls-normalize | quantization_config | {\"bits\": 4} | not supported",
                "bert-cls-normalize | layer_scale | 0.5 | not known for the model_type bert",
                "modernbert-cls | layer_types | [\"full_attention\"] | a type for each of the 2 layers",
                "modernbert-cls | layer_types | [\"full_attention\", \"linear\"] | known are full_attention",
                "modernbert-cls | norm_bias | 1 | true or false",
                "qwen3-lasttoken | rope_scaling | {\"rope_type\": \"dynamic\", \"factor\": 4} | known rope types",
                "qwen3-lasttoken | rope_scaling | {\"rope_type\": \"longrope\", \"factor\": 4} | known rope types",
                "qwen3-lasttoken | rope_scaling | {\"rope_type\": \"yarn\"} | no positive factor",
                "qwen3-lasttoken | rope_scaling | {\"rope_type\": \"yarn\", \"factor\": 4, \"mscale\": \"a\"} | mscale",
                "qwen3-lasttoken | rope_scaling | {\"rope_type\": \"linear\"} | no positive factor",
                "qwen3-lasttoken | partial_rotary_factor | 0.5 | supported is",
                "qwen3-lasttoken | num_key_value_heads | 3 | does not divide",
                "qwen3-lasttoken | layer_types | [\"full_attention\", \"sliding_attention\"] | use_sliding_window",
                "llama-mean | sliding_window | 16 | not supported",
                "gemma3-mean-two-dense | attn_logit_softcapping | 50 | not supported",
                "t5-mean-dense | feed_forward_proj | \"gated-gelu-new\" | gated- and an activation",
                "t5-mean-dense | dense_act_fn | \"mish\" | known are gelu",
                "t5-mean-dense | relative_attention_num_buckets | 3 | at least 4",
                "t5-mean-dense | relative_attention_max_distance | 8 | not above a quarter",
                "t5-mean-dense | is_decoder | true | supported is false",
                "gte-cls-normalize | rope_parameters | {\"type\": \"ntk\", \"factor\": 8, \"mixed_b\": 0.6} | mixed_b",
                "gte-cls-normalize | rope_scaling | {\"type\": \"ntk\", \"factor\": 8} | rope_parameters is there too",
                "gte-cls-normalize | position_embedding_type | \"absolute\" | supported is rope",
                "gte-cls-normalize | layer_norm_type | \"rms_norm\" | supported is layer_norm",
                "gte-cls-normalize | logn_attention_scale | true | supported is false",
                "gte-cls-normalize | num_attention_heads | 5 | does not divide",
                "deberta-mean | conv_kernel_size | 3 | convolutions are not supported",
                "deberta-mean | pos_att_type | [\"p2p\", \"c2p\"] | known are c2p, p2c",
                "deberta-mean | pos_att_type | [] | relative_attention needs",
                "deberta-mean | norm_rel_ebd | \"batch_norm\" | known are layer_norm, none",
                "deberta-mean | position_buckets | 3 | at least 4",
                "deberta-mean | position_buckets | 128 | less than two for each position",
                "deberta-mean | position_buckets | 2.5 | a whole number",
                "deberta-mean | num_attention_heads | 3 | not together as wide",
                "eurobert-mean | sliding_window | 16 | not supported",
                "eurobert-mean | is_causal | true | not known for the model_type eurobert",
                "nomic-mean-prompts | moe_every_n_layers | 2 | mixtures of experts",
                "nomic-mean-prompts | num_experts | 8 | supported is 0, 1",
                "nomic-own-ungated-mean | activation_function | \"gelu_new\" | known are geglu",
                "nomic-own-ungated-mean | rotary_emb_fraction | 0.3 | an even number",
                "nomic-own-ungated-mean | rotary_emb_fraction | 0 | a positive number",
                "nomic-own-ungated-mean | rotary_scaling_factor | 2 | not supported",
                "nomic-own-ungated-mean | rotary_emb_interleaved | true | supported is false",
                "nomic-own-ungated-mean | prenorm | true | supported is false",
                "nomic-own-ungated-mean | n_head | 5 | does not divide",
                "nomic-own-ungated-mean | hidden_size | 24 | not known for the model_type nomic_bert",
            })
    void namesTheFieldThatItDoesNotUnderstand(String model, String field, String value, String reason)
            throws IOException {
        ObjectNode config = config(model);
        config.set(field, JSON.readTree(value));

        assertThat(Architectures.refusal(config).orElseThrow())
                .startsWith("config.json has " + field + " " + JSON.readTree(value))
                .contains(reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "bert-cls-normalize | gradient_checkpointing | false",
                "bert-cls-normalize | classifier_dropout | 0.2",
                "bert-cls-normalize | id2label | {\"0\": \"a\"}",
                "bert-cls-normalize | something_new | null",
                "qwen3-lasttoken | rope_scaling | {\"rope_type\": \"default\"}",
                "qwen3-lasttoken | rope_parameters | {\"rope_theta\": 10000, \"rope_type\": \"default\"}",
                "qwen2-lasttoken | is_causal | false",
                "t5-mean-dense | n_positions | 512",
                "gte-cls-normalize | logn_attention_clip1 | false",
                "gte-cls-normalize | type_vocab_size | 0",
                "deberta-mean | pos_att_type | `\"c2p|P2C\"`",
                "deberta-mean | conv_kernel_size | 0",
                "deberta-mean | max_relative_positions | 300",
                "eurobert-mean | is_decoder | false",
                "eurobert-mean | clf_pooling | \"late\"",
                "eurobert-mean | mask_token | \"<mask>\"",
                "nomic-mean-prompts | moe_every_n_layers | 0",
                "nomic-own-ungated-mean | max_trained_positions | 2048",
            })
    void acceptsFieldsThatItUnderstandsOrThatChangeNothing(String model, String field, String value)
            throws IOException {
        ObjectNode config = config(model);
        config.set(field, JSON.readTree(value));

        assertThat(Architectures.refusal(config)).isEmpty();
    }

    @Test
    void namesAFieldThatIsMissing() throws IOException {
        ObjectNode config = config("bert-cls-normalize");
        config.remove("intermediate_size");

        assertThat(Architectures.refusal(config)).contains("config.json does not say intermediate_size");
    }

    @Test
    void namesAWeightOfAnotherShape() throws IOException {
        ObjectNode config = config("bert-cls-normalize");
        config.put("intermediate_size", 128);

        assertThatThrownBy(() -> build(config, weights("bert-cls-normalize")))
                .isInstanceOf(UnsupportedArchitectureException.class)
                .hasMessage(
                        "The weight encoder.layer.0.intermediate.dense.weight has the shape [64, 32], but config.json"
                                + " asks for [128, 32]");
    }

    @Test
    void namesAWeightThatIsMissing() throws IOException {
        ObjectNode config = config("bert-cls-normalize");
        config.put("num_hidden_layers", 3);

        assertThatThrownBy(() -> build(config, weights("bert-cls-normalize")))
                .hasMessage("The weight encoder.layer.2.attention.self.query.weight is missing");
        assertThatThrownBy(() -> build(config("bert-cls-normalize"), weights("qwen3-lasttoken")))
                .hasMessage("The weight embeddings.word_embeddings.weight is missing");
    }

    @Test
    void namesWeightsThatAreLeftOver() throws IOException {
        ObjectNode config = config("bert-cls-normalize");
        config.put("num_hidden_layers", 1);

        assertThatThrownBy(() -> build(config, weights("bert-cls-normalize")))
                .hasMessageStartingWith("The weights encoder.layer.1.")
                .hasMessageEndingWith(" and 11 more have no place in a model of this configuration");
    }

    @Test
    void namesAWeightOfAnotherType(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("model.safetensors");
        String header =
                "{\"embeddings.word_embeddings.weight\":{\"dtype\":\"I8\",\"shape\":[460,32],\"data_offsets\":[0,14720]}}";
        Files.write(file, SafetensorsFile.of(header, new byte[460 * 32]));

        assertThatThrownBy(() -> build(config("bert-cls-normalize"), file))
                .hasMessage("model.safetensors has embeddings.word_embeddings.weight as I8; supported are F32, F16 and"
                        + " BF16");
    }

    private static void build(ObjectNode config, Path weights) throws IOException {
        try (ModelWeights content = ModelWeights.open(List.of(weights))) {
            BuiltGraph unused = BuiltGraph.of(config, content, MEAN);
        }
    }

    private static ObjectNode config(String model) {
        boolean isArchitecture = ReferenceModel.class.getResource("/reference/architectures/" + model) != null;
        ReferenceModel reference =
                isArchitecture ? ReferenceModel.ofArchitecture(model) : ReferenceModel.ofWeights(model);
        return (ObjectNode) ReferenceModel.json(reference.directory().resolve("config.json"));
    }

    private static Path weights(String model) {
        return ReferenceModel.ofWeights(model).directory().resolve("model.safetensors");
    }
}
