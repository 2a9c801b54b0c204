package dev.embedding.model.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embedding.fixture.PooledOutput;
import dev.embedding.fixture.ReferenceModel;
import dev.embedding.model.BuildableGraphs;
import dev.embedding.model.FileHashes;
import dev.embedding.model.InputLimits;
import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelRequest;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.model.NoGraphs;
import dev.embedding.model.OutputStage;
import dev.embedding.model.PoolingSource;
import dev.embedding.model.Precision;
import dev.embedding.model.Prompts;
import dev.embedding.model.SpaceFingerprint;
import dev.embedding.vector.Pooling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PoolingSelectionTest {

    private static final BuildableGraphs FROM_ONNX_FILES = new NoGraphs();

    private static final String UNLISTED = "plain-transformers";
    private static final String HOW_TO_SAY =
            "modules.json is missing, and no other file says how token vectors become one:"
                    + " set pooling (EMBEDDING_POOLING) to cls, max, mean, mean_sqrt_len_tokens, weightedmean, lasttoken, whichever"
                    + " the model was trained with";

    private final Path directory;
    private final FileHashes hashes = new FileHashes();

    PoolingSelectionTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void rejectsALoneOnnxFileInsteadOfGuessing() throws IOException {
        ModelCopy.of(UNLISTED, directory);

        assertThatThrownBy(() -> read(Optional.empty()))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessage("Model copy: " + HOW_TO_SAY);
    }

    @ParameterizedTest
    @EnumSource
    void followsTheSettingWhereNoFileSaysAnything(Pooling mode) throws IOException {
        ModelCopy.of(UNLISTED, directory);

        requirePooling(read(Optional.of(mode)), mode.label(), PoolingSource.SETTING);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model.safetensors",
                "model-00001-of-00002.safetensors",
                "pytorch_model.bin",
                "pytorch_model-00001-of-00002.bin",
                "tf_model.h5"
            })
    void defaultsToTheMeanBesideWeightsThatSentenceTransformersLoads(String weights) throws IOException {
        ModelCopy.of(UNLISTED, directory);
        Files.writeString(directory.resolve(weights), "");

        ModelDescription description = read(Optional.empty());

        requirePooling(description, "mean", PoolingSource.DEFAULT);
        assertThat(description.normalizes()).isFalse();
        assertThat(description.tokenization().maxTokens())
                .isEqualTo(ReferenceModel.of(UNLISTED).maxTokens());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"2_Other/model.safetensors", "onnx/model.safetensors", "training_args.bin", "model.bin.txt"})
    void doesNotTreatOtherFilesAsWeights(String file) throws IOException {
        ModelCopy.of(UNLISTED, directory);
        Files.createDirectories(directory.resolve(file).getParent());
        Files.writeString(directory.resolve(file), "");

        assertThatThrownBy(() -> read(Optional.empty())).hasMessageEndingWith(HOW_TO_SAY);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "'architectures': ['Qwen3ForCausalLM'] | lasttoken",
                "'architectures': ['Qwen3ForCausalLM'], 'is_causal': false | mean",
                "'architectures': ['BertForMaskedLM'] | mean",
                "'architectures': [] | mean",
                "'architectures': null | mean"
            })
    void defaultsToTheLastTokenOfACausalModelAsSentenceTransformersDoes(String architectures, String pooling)
            throws IOException {
        ModelCopy.of(UNLISTED, directory);
        Files.writeString(directory.resolve("pytorch_model.bin"), "");
        architectures(architectures);

        requirePooling(read(Optional.empty()), pooling, PoolingSource.DEFAULT);
    }

    @Test
    void readsThePoolingFileWithoutListedModules() throws IOException {
        ModelCopy.of("bert-cls-normalize", directory);
        Files.delete(directory.resolve("modules.json"));

        ModelDescription description = read(Optional.empty());

        requirePooling(description, "cls", PoolingSource.POOLING_FILE);
        assertThat(description.files()).containsKey("1_Pooling/config.json");
    }

    @Test
    void readsThePoolingFileAlsoBesideWeights() throws IOException {
        ModelCopy.of("bert-cls-normalize", directory);
        Files.delete(directory.resolve("modules.json"));
        Files.writeString(directory.resolve("model.safetensors"), "");

        requirePooling(read(Optional.empty()), "cls", PoolingSource.POOLING_FILE);
    }

    @Test
    void leavesAPromptOutOfThePoolingWhenThePoolingFileSaysSo() throws IOException {
        ModelCopy.of("bert-include-prompt-false", directory);
        Files.delete(directory.resolve("modules.json"));

        assertThat(read(Optional.empty()).poolsPrompt()).isFalse();
        assertThat(read(Optional.of(Pooling.CLS)).poolsPrompt()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-modules-bert-cls", "bert-sentence-embedding-output"})
    void prefersTheGraphsOwnVectorsWhereNoModulesAreListed(String name) throws IOException {
        ModelCopy.of(name, directory);
        Files.deleteIfExists(directory.resolve("modules.json"));

        ModelDescription description = read(Optional.empty());

        assertThat(description.poolingSource()).isEqualTo(PoolingSource.MODEL_OUTPUT);
        assertThat(description.graphEnd()).isEqualTo(OutputStage.POOLED);
    }

    @Test
    void keepsTheTokenVectorsOfAListedModel() throws IOException {
        ModelCopy.of("bert-sentence-embedding-output", directory);

        ModelDescription description = read(Optional.empty());

        requirePooling(description, "mean", PoolingSource.MODULES);
        assertThat(description.graphEnd()).isEqualTo(OutputStage.TOKENS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert-cls-normalize", "bert-cls-mean-concat", "bert-sentence-embedding-output"})
    void theSettingOverridesTheModulesAndTheGraph(String name) throws IOException {
        ModelCopy.of(name, directory);
        boolean normalizes = read(Optional.empty()).normalizes();
        Files.writeString(directory.resolve("1_Pooling/config.json"), "{\"pooling_mode\": \"something_new\"}");

        ModelDescription description = read(Optional.of(Pooling.LAST_TOKEN));

        requirePooling(description, "lasttoken", PoolingSource.SETTING);
        assertThat(description.graphEnd()).isEqualTo(OutputStage.TOKENS);
        assertThat(description.normalizes()).isEqualTo(normalizes);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rejectsTheSettingWhereTheGraphHasNoTokenVectors(boolean listed) throws IOException {
        PooledOutput.in(directory, false);
        if (!listed) {
            Files.delete(directory.resolve("modules.json"));
        }

        assertThatThrownBy(() -> read(Optional.of(Pooling.MEAN)))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessage("Model copy: onnx/model.onnx pools itself and has no token vectors, so that pooling"
                        + " (EMBEDDING_POOLING) cannot be followed: unset it, or export the model with the output"
                        + " last_hidden_state");
    }

    @Test
    void rejectsAnotherPoolingThanTheMeanForAStaticModel() {
        Path table = ReferenceModel.of("static-embedding").directory();

        requirePooling(read(table, Optional.empty()), "mean", PoolingSource.MODULES);
        requirePooling(read(table, Optional.of(Pooling.MEAN)), "mean", PoolingSource.SETTING);
        assertThatThrownBy(() -> read(table, Optional.of(Pooling.CLS)))
                .hasMessageStartingWith("Model copy: modules.json describes a static model")
                .hasMessageContaining("set pooling (EMBEDDING_POOLING) to mean");
    }

    @Test
    void readsPromptsWhereNoModulesAreListed() throws IOException {
        ModelCopy.of("plain-with-prompts", directory);

        ModelDescription description = read(Optional.of(Pooling.MEAN));

        assertThat(description.prompts().forQueries()).isEqualTo("query: ");
        assertThat(description.prompts().usual()).isEqualTo("query: ");
    }

    @Test
    void readsNoPromptsWhereSentenceTransformersWouldNot() throws IOException {
        ModelCopy.of("plain-with-prompts", directory);
        Files.writeString(directory.resolve("model.safetensors"), "");

        assertThat(read(Optional.empty()).prompts()).isEqualTo(Prompts.NONE);
    }

    @Test
    void readsTheLengthWhereNoModulesAreListed() throws IOException {
        ModelCopy.of(UNLISTED, directory);
        Files.writeString(directory.resolve("sentence_bert_config.json"), "{\"max_seq_length\": 12}");

        assertThat(read(Optional.of(Pooling.MEAN)).tokenization().maxTokens()).isEqualTo(12);
    }

    @Test
    void rejectsAnUnlistedDenseModule() throws IOException {
        ModelCopy.of("bert-mean-dense-normalize", directory);
        Files.delete(directory.resolve("modules.json"));
        String message = "Model copy: 2_Dense/config.json is there, but no modules.json that lists it: add that of the"
                + " original model";

        assertThatThrownBy(() -> read(Optional.empty())).hasMessage(message);
        assertThatThrownBy(() -> read(Optional.of(Pooling.MEAN))).hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource({"bert-cls-normalize, CLS", "distilbert-mean, MEAN", "static-embedding, MEAN"})
    void theFingerprintIsTheSameWhateverTheSourceOfThePooling(String name, Pooling mode) throws IOException {
        ModelCopy.of(name, directory);

        String said = SpaceFingerprint.of(read(Optional.empty()), hashes).value(false);

        assertThat(SpaceFingerprint.of(read(Optional.of(mode)), hashes).value(false))
                .isEqualTo(said);
    }

    @Test
    void theFingerprintDiffersBetweenPooledAndTokenVectors() throws IOException {
        ModelCopy.of("no-modules-bert-cls", directory);

        List<String> fingerprints = List.of(
                SpaceFingerprint.of(read(Optional.empty()), hashes).value(true),
                SpaceFingerprint.of(read(Optional.of(Pooling.MEAN)), hashes).value(true),
                SpaceFingerprint.of(read(Optional.of(Pooling.CLS)), hashes).value(true));

        assertThat(fingerprints).doesNotHaveDuplicates();
    }

    private void architectures(String fields) throws IOException {
        Path config = directory.resolve("config.json");
        Files.writeString(
                config,
                Files.readString(config).replaceFirst("\"architectures\": \\[[^]]*]", fields.replace('\'', '"')));
    }

    private static void requirePooling(ModelDescription description, String pooling, PoolingSource source) {
        assertThat(description.pooling()).isEqualTo(pooling);
        assertThat(description.poolingSource()).isEqualTo(source);
    }

    private ModelDescription read(Optional<Pooling> pooling) {
        return read(directory, pooling);
    }

    private static ModelDescription read(Path model, Optional<Pooling> pooling) {
        ModelRequest request = new ModelRequest(
                "copy", Optional.empty(), Precision.FP32, Optional.empty(), pooling, "", "", InputLimits.NONE);
        return new SentenceTransformersLayout(
                        request, ModelDescription.Source.DIRECTORY, new ModelDirectory.Local(model), FROM_ONNX_FILES)
                .read();
    }
}
