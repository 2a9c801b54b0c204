package dev.embedding.serving.model.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.embedding.fixture.ReferenceModel;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.model.layout.ModelCopy;
import dev.embedding.serving.PlainOptions;
import dev.embedding.serving.RequestFailure;
import dev.embedding.serving.SmallModels;
import dev.embedding.serving.model.LoadedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LimitCheckTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Tokens of each batch. */
    private final Queue<Long> batches = new ConcurrentLinkedQueue<>();

    private final SmallModels models = new SmallModels((rows, tokens, padded, nanos) -> batches.add(tokens));
    private final Path directory;
    private final Path copy;
    private final GoldenVectors golden;

    LimitCheckTest(@TempDir Path directory) {
        this.directory = directory;
        this.copy = directory.resolve("copy");
        this.golden = new GoldenVectors(directory.resolve("golden"));
    }

    @AfterEach
    void close() throws InterruptedException {
        models.close();
    }

    @Test
    void computesTheLongestTextOncePerFingerprint() {
        LoadedModel model = models.load("distilbert-mean");

        GoldenCheck.verify(model, golden);
        assertThat(batches).contains(128L);

        batches.clear();
        GoldenCheck.verify(model, new GoldenVectors(directory.resolve("golden")));
        assertThat(batches).isNotEmpty().doesNotContain(128L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "null", "{}", "[null]", "[17]", "[\"another finding\"]"})
    void repeatsTheCheckWhenItsResultsCannotBeRead(String content) throws IOException {
        LoadedModel model = models.load("distilbert-mean");
        Path file = directory.resolve("golden").resolve(model.fingerprint(true) + ".checks.json");
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);

        GoldenCheck.verify(model, golden);

        assertThat(batches).contains(128L);
        assertThat(JSON.readTree(file.toFile()).toString()).contains("longest text");
    }

    @Test
    void checksOncePerProcessWhenNothingCanBeWritten() throws IOException {
        Files.createFile(directory.resolve("golden")); // so that no folder can be created there
        LoadedModel model = models.load("distilbert-mean");
        GoldenCheck.verify(model, golden);
        batches.clear();

        GoldenCheck.verify(model, golden);

        assertThat(batches).isNotEmpty().doesNotContain(128L);
    }

    @Test
    void rejectsALengthWithoutPositionsInTheGraph() throws IOException {
        ModelCopy.of("distilbert-mean", copy);
        change("config.json", config -> config.put("max_position_embeddings", 4096));
        change("sentence_bert_config.json", config -> config.put("max_seq_length", 129));
        LoadedModel model = models.loadFrom(copy);

        assertThatThrownBy(() -> GoldenCheck.verify(model, golden))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageContaining("a text of 129 tokens cannot be computed")
                .hasMessageContaining("sentence_bert_config.json allows 129");
    }

    @Test
    void limitsTheTimeForAVeryLongMaximumLength() throws IOException {
        ModelCopy.of("modernbert-rope-mean", copy);
        change("tokenizer_config.json", config -> config.put("model_max_length", 1_000_000));
        change("config.json", config -> config.put("max_position_embeddings", 1_000_000));
        LoadedModel rotary = models.loadFrom(copy);

        GoldenCheck.verify(rotary, golden);

        assertThat(batches).contains(512L).allMatch(tokens -> tokens < 100_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"roberta-mean-bpe", "xlmr-mean-prompts"})
    void truncatesRobertaTextsAtItsPositionsWithoutAPaddingId(String name) throws IOException {
        ModelCopy.of(name, copy);
        change("config.json", config -> config.remove("pad_token_id"));
        change("sentence_bert_config.json", config -> config.put("max_seq_length", 512));
        LoadedModel model = models.loadFrom(copy);

        GoldenCheck.verify(model, golden);

        assertThat(model.tokenIds("word ".repeat(600))).hasSize(128);
        assertThat(SmallModels.embed(model, PlainOptions.of(true), "word ".repeat(600)))
                .hasSize(model.dimension());
    }

    @Test
    void rejectsATokenizerWithALargerVocabulary() throws IOException {
        ModelCopy.of("distilbert-mean", copy);
        change(
                "tokenizer.json",
                tokenizer -> ((ObjectNode) tokenizer.path("model").path("vocab")).put("zebra", 560));
        LoadedModel model = models.loadFrom(copy);

        assertThatThrownBy(() -> GoldenCheck.verify(model, golden))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageContaining("token id 560 of tokenizer.json");
    }

    /** Published models exist whose tokenizer has added tokens for which the embedding table was not resized. */
    @Test
    void servesAModelThatOnlyLacksAnAddedToken() throws IOException {
        ModelCopy.of("distilbert-mean", copy);
        change("tokenizer.json", tokenizer -> tokenizer
                .withArray("added_tokens")
                .addObject()
                .put("id", 560)
                .put("content", "<unused>")
                .put("special", true)
                .put("single_word", false)
                .put("lstrip", false)
                .put("rstrip", false)
                .put("normalized", false));
        LoadedModel model = models.loadFrom(copy);

        GoldenCheck.verify(model, golden);

        assertThatThrownBy(() -> SmallModels.embed(model, PlainOptions.of(true), "one <unused> word"))
                .isInstanceOf(RequestFailure.class);
        assertThat(SmallModels.embed(model, PlainOptions.of(true), "one used word"))
                .hasSize(model.dimension());
    }

    private void change(String name, Consumer<ObjectNode> change) throws IOException {
        Path file = copy.resolve(name);
        ObjectNode content = (ObjectNode) ReferenceModel.json(file);
        change.accept(content);
        JSON.writeValue(file.toFile(), content);
    }
}
