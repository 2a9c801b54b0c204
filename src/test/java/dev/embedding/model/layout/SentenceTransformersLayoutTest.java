package dev.embedding.model.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.fixture.ReferenceModel;
import dev.embedding.model.BuildableGraphs;
import dev.embedding.model.DenseLayer;
import dev.embedding.model.GraphOrigin;
import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelRequest;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.model.NoGraphs;
import dev.embedding.model.OutputStage;
import dev.embedding.model.PoolingSource;
import dev.embedding.model.PostPoolingModule;
import dev.embedding.model.Tokenization;
import dev.embedding.vector.Activation;
import dev.embedding.vector.Pooling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SentenceTransformersLayoutTest {

    private static final BuildableGraphs FROM_ONNX_FILES = new NoGraphs();
    private static final BuildableGraphs OF_ALL_FAMILIES = new BuildableGraphs() {
        @Override
        public Optional<String> refusal(JsonNode config) {
            return Optional.empty();
        }

        @Override
        public Weights weights(JsonNode config, List<Path> files) {
            throw new IllegalStateException("No graph is built");
        }
    };

    @ParameterizedTest
    @CsvSource({
        "bert-cls-normalize, true, bert, 0",
        "bert-default-prompt, true, bert, 0",
        "bert-do-lower-case, false, bert, 0",
        "bert-include-prompt-false, false, bert, 0",
        "bert-mean-external-data, false, bert, 0",
        "bert-mean-fp16, false, bert, 0",
        "bert-sentence-embedding-output, true, bert, 0",
        "distilbert-mean, false, distilbert, 0",
        "modernbert-rope-mean, false, modernbert, 0",
        "roberta-mean-bpe, false, roberta, 1",
        "xlmr-mean-prompts, true, xlm-roberta, 1"
    })
    void readsSupportedLayouts(String name, boolean normalizes, String architecture, int padTokenId) {
        ReferenceModel model = ReferenceModel.of(name);

        ModelDescription description = read(name, model.directory());

        assertThat(description)
                .isEqualTo(new ModelDescription(
                        name,
                        ModelDescription.Source.DIRECTORY,
                        Optional.empty(),
                        ModelDescription.Kind.TRANSFORMER,
                        new GraphOrigin.Exported("the model has no model.safetensors"),
                        name.equals("bert-mean-external-data")
                                ? List.of(model.weights(), model.weights().resolveSibling("model.onnx_data"))
                                : List.of(model.weights()),
                        name.equals("bert-mean-fp16") ? "fp16" : "fp32",
                        Optional.empty(),
                        false,
                        new Tokenization(
                                model.tokenizer(),
                                true,
                                model.maxTokens(),
                                description.tokenization().maxTokensFrom(),
                                false,
                                name.equals("bert-do-lower-case"),
                                description.tokenization().componentFields(),
                                "",
                                ""),
                        architecture,
                        List.of(Pooling.byLabel(model.pooling()).orElseThrow()),
                        PoolingSource.MODULES,
                        OutputStage.TOKENS,
                        List.of(),
                        normalizes,
                        OptionalInt.empty(),
                        List.of(),
                        padTokenId,
                        description.prompts(),
                        !name.equals("bert-include-prompt-false"),
                        normalizes ? List.of("Transformer", "Pooling", "Normalize") : List.of("Transformer", "Pooling"),
                        description.files(),
                        description.sessionBytes()));
        assertThat(description.files())
                .containsKeys("modules.json", "config.json", "tokenizer.json", "onnx/model.onnx");
        assertThat(model.directory().resolve(description.tokenization().maxTokensFrom()))
                .exists();
    }

    @ParameterizedTest
    @CsvSource({"config.json", "tokenizer.json", "onnx/model.onnx", "1_Pooling/config.json"})
    void namesAMissingFile(String file, @TempDir Path directory) throws IOException {
        ModelCopy.of("bert-cls-normalize", directory);
        Files.delete(directory.resolve(file));

        assertThatThrownBy(() -> read("copy", directory))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageStartingWith("Model copy: " + file + " is missing; ");
    }

    @ParameterizedTest
    @CsvSource({"modules.json", "config.json", "1_Pooling/config.json", "sentence_bert_config.json"})
    void namesAFileThatIsNotJson(String file, @TempDir Path directory) throws IOException {
        ModelCopy.of("bert-cls-normalize", directory);
        Files.writeString(directory.resolve(file), "{");

        assertThatThrownBy(() -> read("copy", directory))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessage("Model copy: " + file + " is not valid JSON or cannot be read");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[]",
                "{}",
                "null",
                "[{\"type\": \"sentence_transformers.models.Transformer\", \"path\": \"\"}]",
                "[{\"type\": \"sentence_transformers.models.Pooling\", \"path\": \"1_Pooling\"}, {\"type\": \"sentence_transformers.models.Transformer\", \"path\": \"\"}]",
                "[{\"type\": \"sentence_transformers.models.Transformer\"}, {\"type\": \"sentence_transformers.models.Normalize\"}, {\"type\": \"sentence_transformers.models.Pooling\"}]"
            })
    void rejectsOtherChainsOfModules(String modules, @TempDir Path directory) throws IOException {
        ModelCopy.of("bert-cls-normalize", directory);
        Files.writeString(directory.resolve("modules.json"), modules);

        assertThatThrownBy(() -> read("copy", directory))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageStartingWith("Model copy: modules.json lists ");
    }

    @Test
    void ordersModulesByTheListAndNotByTheirNumbers(@TempDir Path directory) throws IOException {
        ModelCopy.of("bert-cls-normalize", directory);
        replace(directory.resolve("modules.json"), "\"idx\": 0", "\"idx\": 7");

        assertThat(read("copy", directory).moduleNames()).containsExactly("Transformer", "Pooling", "Normalize");
    }

    @ParameterizedTest
    @ValueSource(strings = {"./1_Pooling", "1_Pooling/", ".//1_Pooling/."})
    void normalisesPathsOfModules(String path, @TempDir Path directory) throws IOException {
        ModelCopy.of("bert-cls-normalize", directory);
        replace(directory.resolve("modules.json"), "1_Pooling", path);

        assertThat(read("copy", directory).files()).containsKey("1_Pooling/config.json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../other", "1_Pooling/../../other", "/other"})
    void readsNothingOutsideTheModel(String path, @TempDir Path directory) throws IOException {
        ModelCopy.of("bert-cls-normalize", directory);
        replace(directory.resolve("modules.json"), "1_Pooling", path);

        assertThatThrownBy(() -> read("copy", directory))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessage(
                        "Model copy: modules.json has a module in '" + path + "', which is not in the model's folder");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | mean",
                "{\"pooling_mode_cls_token\": false} | mean",
                "{\"pooling_mode\": \"cls\"} | cls",
                "{\"pooling_mode\": [\"mean\"]} | mean",
                "{\"pooling_mode\": [\"mean\", \"cls\"]} | mean+cls",
                "{\"pooling_mode\": \"weightedmean\"} | weightedmean",
                "{\"pooling_mode_mean_tokens\": true} | mean",
                "{\"pooling_mode_cls_token\": true, \"pooling_mode_mean_tokens\": false} | cls",
                "{\"pooling_mode_lasttoken\": true, \"pooling_mode_mean_tokens\": true, \"pooling_mode_cls_token\": true,"
                        + " \"pooling_mode_weightedmean_tokens\": true, \"pooling_mode_mean_sqrt_len_tokens\": true,"
                        + " \"pooling_mode_max_tokens\": true}"
                        + " | cls+max+mean+mean_sqrt_len_tokens+weightedmean+lasttoken"
            })
    void readsBothGenerationsOfPooling(String config, String pooling, @TempDir Path directory) throws IOException {
        ModelCopy.of("bert-cls-normalize", directory);
        Files.writeString(directory.resolve("1_Pooling/config.json"), config);

        assertThat(read("copy", directory).pooling()).isEqualTo(pooling);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"pooling_mode\": \"something_new\"}",
                "{\"pooling_mode\": [\"mean\", \"something_new\"]}",
                "{\"pooling_mode\": []}",
                "{\"pooling_mode_something_new\": true}",
                "{\"pooling_mode_mean_tokens\": true, \"pooling_mode_something_new\": true}"
            })
    void rejectsOtherPoolings(String config, @TempDir Path directory) throws IOException {
        ModelCopy.of("bert-cls-normalize", directory);
        Files.writeString(directory.resolve("1_Pooling/config.json"), config);

        assertThatThrownBy(() -> read("copy", directory))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageStartingWith("Model copy: 1_Pooling/config.json asks for no pooling that is known");
    }

    @Test
    void readsDenseModules(@TempDir Path directory) throws IOException {
        ReferenceModel model = ReferenceModel.of("bert-mean-dense-normalize");

        assertThat(read("dense", model.directory()).modules())
                .containsExactly(new DenseLayer(
                        model.directory().resolve("2_Dense/model.safetensors"), 32, 24, true, Activation.TANH, false));

        ModelCopy.of("bert-mean-dense-normalize", directory);
        Path config = directory.resolve("2_Dense/config.json");
        Files.writeString(config, Files.readString(config).replace("Tanh", "Mish"));

        assertThatThrownBy(() -> read("copy", directory))
                .hasMessageContaining("2_Dense/config.json")
                .hasMessageContaining("Mish");

        Files.delete(directory.resolve("2_Dense/model.safetensors"));
        Files.writeString(config, Files.readString(config).replace("Mish", "Tanh"));

        assertThatThrownBy(() -> read("copy", directory)).hasMessageContaining("2_Dense/model.safetensors is missing");
    }

    @Test
    void readsATransformerInAFolderOfItsOwn(@TempDir Path directory) throws IOException {
        ModelCopy.of("bert-cls-normalize", directory.resolve("0_Transformer"));
        Files.move(directory.resolve("0_Transformer/1_Pooling"), directory.resolve("1_Pooling"));
        Files.writeString(
                directory.resolve("modules.json"),
                Files.readString(directory.resolve("0_Transformer/modules.json"))
                        .replace("\"path\": \"\"", "\"path\": \"0_Transformer\""));

        ModelDescription description = read("copy", directory);

        assertThat(description.tokenization().file()).isEqualTo(directory.resolve("0_Transformer/tokenizer.json"));
        assertThat(description.weights()).isEqualTo(directory.resolve("0_Transformer/onnx/model.onnx"));
        assertThat(description.tokenization().maxTokens()).isEqualTo(64);
    }

    @Test
    void readsAStaticModelInAFolderOfItsOwn(@TempDir Path directory) throws IOException {
        ModelCopy.of("static-embedding", directory.resolve("0_StaticEmbedding"));
        Files.writeString(directory.resolve("modules.json"), """
                [{"idx": 0, "path": "0_StaticEmbedding", "type": "sentence_transformers.models.StaticEmbedding"},
                 {"idx": 1, "path": "1_Normalize", "type": "sentence_transformers.models.Normalize"}]
                """);

        ModelDescription description = read("copy", directory);

        assertThat(description.kind()).isEqualTo(ModelDescription.Kind.STATIC);
        assertThat(description.weights()).isEqualTo(directory.resolve("0_StaticEmbedding/model.safetensors"));
        assertThat(description.tokenization().file()).isEqualTo(directory.resolve("0_StaticEmbedding/tokenizer.json"));
        assertThat(description.normalizes()).isTrue();
        assertThat(description.tokenization().maxTokens()).isEqualTo(Tokenization.NO_LIMIT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"WordEmbeddings", "BoW", "CNN", "LSTM", "WeightedLayerPooling", "CLIPModel", "Asym", "Router"})
    void rejectsOtherModulesByName(String type, @TempDir Path directory) throws IOException {
        ModelCopy.of("bert-cls-normalize", directory);
        replace(directory.resolve("modules.json"), "(sentence_transformers[.\\w]*)[.]Normalize", "$1." + type);

        assertThatThrownBy(() -> read("copy", directory))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessage("Model copy: modules.json has the module " + type + ", which is not supported");
    }

    @Test
    void rejectsCodeThatComesWithTheModel(@TempDir Path directory) throws IOException {
        ModelCopy.of("bert-cls-normalize", directory);
        replace(directory.resolve("modules.json"), "sentence_transformers[.\\w]*[.]Transformer", "own.Transformer");

        assertThatThrownBy(() -> read("copy", directory))
                .hasMessage("Model copy: modules.json has the module own.Transformer, which is code that comes with the"
                        + " model and is not run here");
    }

    @Test
    void acceptsAModelWhoseCodeIsInItsGraph(@TempDir Path directory) throws IOException {
        ModelCopy.of("bert-cls-normalize", directory);
        replace(directory.resolve("config.json"), "^[{]", "{\"auto_map\": {\"AutoModel\": \"modeling.OwnModel\"},");

        assertThat(read("copy", directory).architecture()).isEqualTo("bert");
    }

    @ParameterizedTest
    @CsvSource({
        "model.safetensors, none is built here",
        "pytorch_model.bin, the model has no model.safetensors",
    })
    void saysHowToExportWeightsOfAnotherFormat(String other, String reason, @TempDir Path directory)
            throws IOException {
        ModelCopy.of("bert-cls-normalize", directory);
        Files.move(directory.resolve("onnx/model.onnx"), directory.resolve(other));

        assertThatThrownBy(() -> read("copy", directory))
                .hasMessage("Model copy: onnx/model.onnx is missing; " + other + " cannot be run as it is: " + reason
                        + "; export it beside the model's other files with: optimum-cli export onnx --task"
                        + " feature-extraction --model copy copy/onnx");
    }

    @Test
    void refusesPickledWeightsWithTheWayToConvertThem(@TempDir Path directory) throws IOException {
        ModelCopy.of("bert-cls-normalize", directory);
        Files.move(directory.resolve("onnx/model.onnx"), directory.resolve("pytorch_model.bin"));

        assertThatThrownBy(() -> read("copy", directory, OF_ALL_FAMILIES))
                .hasMessage("Model copy: pytorch_model.bin is pickled, and never opened, since reading it may run any"
                        + " code; write model.safetensors beside it with: python -c \"from transformers import AutoModel;"
                        + " AutoModel.from_pretrained('copy').save_pretrained('copy')\"");
    }

    @Test
    void readsModulesAfterThePoolingInAnyOrder(@TempDir Path directory) throws IOException {
        ModelCopy.of("bert-mean-dense-normalize", directory);
        Files.createDirectories(directory.resolve("3_LayerNorm"));
        Files.writeString(directory.resolve("3_LayerNorm/config.json"), "{\"dimension\": 24}");
        Files.writeString(directory.resolve("3_LayerNorm/model.safetensors"), "");

        writeModules(directory, "Normalize", "Dense", "LayerNorm", "Dropout");
        ModelDescription open = read("copy", directory);
        writeModules(directory, "LayerNorm", "Normalize", "Normalize", "Dropout");
        ModelDescription normalizing = read("copy", directory);

        assertThat(open.normalizes()).isFalse();
        assertThat(open.modules())
                .hasExactlyElementsOfTypes(
                        PostPoolingModule.Normalize.class, DenseLayer.class, PostPoolingModule.LayerNorm.class);
        assertThat(normalizing.normalizes()).isTrue();
        assertThat(normalizing.modules())
                .containsExactly(
                        new PostPoolingModule.LayerNorm(directory.resolve("3_LayerNorm/model.safetensors"), 24));
    }

    private static void writeModules(Path directory, String... types) throws IOException {
        StringBuilder modules = new StringBuilder("""
                [{"path": "", "type": "sentence_transformers.models.Transformer"},
                 {"path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}""");
        for (String type : types) {
            String path = type.equals("Dense") ? "2_Dense" : "3_LayerNorm";
            modules.append(", {\"path\": \"%s\", \"type\": \"sentence_transformers.models.%s\"}".formatted(path, type));
        }
        Files.writeString(directory.resolve("modules.json"), modules.append("]"));
    }

    @Test
    void rejectsADenseModuleThatReadsTokens(@TempDir Path directory) throws IOException {
        ModelCopy.of("bert-mean-dense-normalize", directory);
        replace(directory.resolve("2_Dense/config.json"), "^[{]", "{\"module_input_name\": \"token_embeddings\",");

        assertThatThrownBy(() -> read("copy", directory))
                .hasMessageContaining("2_Dense/config.json has the Dense module read token_embeddings");
    }

    private static void replace(Path file, String pattern, String replacement) throws IOException {
        Files.writeString(file, Files.readString(file).replaceAll(pattern, replacement));
    }

    @Test
    void findsTheWeightsBesideTheOtherFiles(@TempDir Path directory) throws IOException {
        ModelCopy.of("bert-cls-normalize", directory);
        Files.move(directory.resolve("onnx/model.onnx"), directory.resolve("model.onnx"));

        assertThat(read("copy", directory).weights()).isEqualTo(directory.resolve("model.onnx"));
    }

    private static ModelDescription read(String name, Path directory) {
        return read(name, directory, FROM_ONNX_FILES);
    }

    private static ModelDescription read(String name, Path directory, BuildableGraphs buildable) {
        return new SentenceTransformersLayout(
                        ModelRequest.of(name),
                        ModelDescription.Source.DIRECTORY,
                        new ModelDirectory.Local(directory),
                        buildable)
                .read();
    }
}
