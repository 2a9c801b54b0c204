package dev.embedding.model.layout;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.fixture.ReferenceModel;
import dev.embedding.model.BuildableGraphs;
import dev.embedding.model.InputLimits;
import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelRequest;
import dev.embedding.model.NoGraphs;
import dev.embedding.model.Precision;
import dev.embedding.model.Tokenization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lengths of models whose texts a setting or the memory limits. */
class LimitedLengthTest {

    private static final BuildableGraphs EXPORTED = new NoGraphs();
    private static final BuildableGraphs BUILT = new AnyGraph();
    private static final String WEIGHTS = "model.safetensors";
    private static final int OWN = 32_768;
    private static final InputLimits IN_LITTLE_MEMORY = new InputLimits(0, OptionalLong.of(64 << 20));
    private static final InputLimits SET = new InputLimits(1_000, OptionalLong.of(64 << 20));

    @Test
    void allowsABuiltGraphLongerTextsThanAnExportedOne(@TempDir Path directory) throws IOException {
        Path model = forLongTexts(directory);

        Tokenization built = read(model, BUILT, IN_LITTLE_MEMORY);
        Tokenization exported = read(model, EXPORTED, IN_LITTLE_MEMORY);

        assertThat(built.maxTokens()).isBetween(16_384, OWN - 1);
        assertThat(built.maxTokensFrom()).isEqualTo("memory");
        assertThat(exported.maxTokens()).isBetween(512, 1_024);
        assertThat(exported.maxTokensFrom()).isEqualTo("memory");
    }

    @Test
    void followsTheSettingInsteadOfTheMemory(@TempDir Path directory) throws IOException {
        Path model = forLongTexts(directory);

        for (BuildableGraphs graphs : new BuildableGraphs[] {BUILT, EXPORTED}) {
            Tokenization tokenization = read(model, graphs, SET);

            assertThat(tokenization.maxTokens()).isEqualTo(1_000);
            assertThat(tokenization.maxTokensFrom()).isEqualTo("max_input_tokens");
        }
    }

    @Test
    void keepsTheOwnLengthWithoutLimits(@TempDir Path directory) throws IOException {
        Tokenization tokenization = read(forLongTexts(directory), EXPORTED, InputLimits.NONE);

        assertThat(tokenization.maxTokens()).isEqualTo(OWN);
        assertThat(tokenization.maxTokensFrom()).isEqualTo("sentence_bert_config.json");
    }

    @Test
    void limitsAStaticModelByTheSettingOnly() {
        Path model = ReferenceModel.of("static-embedding").directory();

        assertThat(read(model, EXPORTED, IN_LITTLE_MEMORY)).isEqualTo(read(model, EXPORTED, InputLimits.NONE));
        assertThat(read(model, EXPORTED, IN_LITTLE_MEMORY).maxTokens()).isEqualTo(Tokenization.NO_LIMIT);
        assertThat(read(model, EXPORTED, SET).maxTokens()).isEqualTo(1_000);
        assertThat(read(model, EXPORTED, SET).maxTokensFrom()).isEqualTo("max_input_tokens");
    }

    /** A small model that declares a great length, with a graph and with weights to build one from. */
    private static Path forLongTexts(Path directory) throws IOException {
        ModelCopy.of("bert-cls-normalize", directory);
        Files.copy(
                Path.of("src", "test", "resources", "reference", "weights", "bert-cls-normalize", WEIGHTS),
                directory.resolve(WEIGHTS));
        Path config = directory.resolve("config.json");
        Files.writeString(
                config,
                Files.readString(config)
                        .replaceFirst("\"max_position_embeddings\": \\d+", "\"max_position_embeddings\": " + OWN));
        Files.writeString(directory.resolve("sentence_bert_config.json"), "{\"max_seq_length\": " + OWN + "}");
        return directory;
    }

    private static Tokenization read(Path directory, BuildableGraphs graphs, InputLimits limits) {
        ModelRequest request = new ModelRequest(
                "copy", Optional.empty(), Precision.FP32, Optional.empty(), Optional.empty(), "", "", limits);
        return new SentenceTransformersLayout(
                        request, ModelDescription.Source.DIRECTORY, new ModelDirectory.Local(directory), graphs)
                .read()
                .tokenization();
    }

    /** Builds a graph for any configuration. */
    private static final class AnyGraph implements BuildableGraphs {

        @Override
        public Optional<String> refusal(JsonNode config) {
            return Optional.empty();
        }

        @Override
        public Weights weights(JsonNode config, List<Path> files) {
            return new Weights("fp32", 0);
        }
    }
}
