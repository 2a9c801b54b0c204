package dev.embedding.tokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.fixture.ReferenceModel;
import dev.embedding.support.Utf8Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextTokenizerTest {

    static final Path BGE_SMALL = Path.of("target/models/BAAI/bge-small-en-v1.5/tokenizer.json");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bert-cls-dynamo",
                "bert-cls-normalize",
                "bert-cls-mean-concat",
                "bert-cls-sdpa",
                "bert-include-prompt-false",
                "bert-max",
                "bert-mean-dense-normalize",
                "bert-mean-external-data",
                "bert-mean-fp16",
                "bert-sentence-embedding-output",
                "decoder-lasttoken",
                "decoder-position-ids",
                "distilbert-mean",
                "modernbert-rope-mean",
                "no-modules-bert-cls",
                "plain-transformers",
                "pooled-graph-equal-dense",
                "roberta-mean-bpe",
                "xlmr-mean-prompts"
            })
    void givesTheIdsOfSentenceTransformers(String name) throws IOException {
        ReferenceModel model = ReferenceModel.of(name);
        try (TextTokenizer tokenizer = new TextTokenizer(model.tokenizer(), TokenizerOptions.upTo(model.maxTokens()))) {
            for (int index = 0; index < model.texts().size(); index++) {
                TokenizedText tokenized = tokenizer.tokenize(model.texts().get(index));

                assertThat(tokenized.ids())
                        .as("text %d", index)
                        .isEqualTo(model.tokenIds().get(index));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"bert-max", "roberta-mean-bpe", "xlmr-mean-prompts", "modernbert-rope-mean", "decoder-lasttoken"
            })
    void recognisesItsOwnEncodings(String name) throws IOException {
        ReferenceModel model = ReferenceModel.of(name);
        try (TextTokenizer tokenizer = new TextTokenizer(model.tokenizer(), TokenizerOptions.upTo(model.maxTokens()))) {
            assertThat(tokenizer.marksTexts()).isTrue();
            for (int[] ids : model.tokenIds()) {
                assertThat(tokenizer.isEncoding(ids)).isTrue();
                assertThat(tokenizer.isEncoding(Arrays.copyOf(ids, ids.length - 1)))
                        .as("without its end")
                        .isFalse();
                int[] padded = Arrays.copyOf(ids, ids.length + 1);
                padded[ids.length] = 7;
                assertThat(tokenizer.isEncoding(padded)).as("padded").isFalse();
                int[] foreign = ids.clone();
                foreign[ids.length / 2] = 1_000_000;
                assertThat(tokenizer.isEncoding(foreign)).isFalse();
            }
            assertThat(tokenizer.isEncoding(new int[0])).isFalse();
        }
    }

    @Test
    void addsAFirstAndALastTokenOnlyWhereTheyAreMissing() throws IOException {
        try (TextTokenizer added = new TextTokenizer(
                        BGE_SMALL, new TokenizerOptions(true, 8, false, false, Map.of(), "a", "[SEP]"));
                TextTokenizer plain = new TextTokenizer(BGE_SMALL, TokenizerOptions.upTo(8))) {
            int[] ids = plain.tokenize("a").ids();

            assertThat(added.tokenize("a").ids()).containsExactly(ids[1], ids[0], ids[1], ids[2]);
        }
    }

    @Test
    void rejectsAnUnknownLastToken() {
        TokenizerOptions options = new TokenizerOptions(true, 8, false, false, Map.of(), "", "<unknown>");

        assertThatThrownBy(() -> new TextTokenizer(BGE_SMALL, options)).hasMessageContaining("no token <unknown>");
    }

    @Test
    void truncatesAnEncodingLikeItsText() throws IOException {
        try (TextTokenizer whole = new TextTokenizer(BGE_SMALL, TokenizerOptions.upTo(512));
                TextTokenizer start = new TextTokenizer(BGE_SMALL, TokenizerOptions.upTo(6));
                TextTokenizer end =
                        new TextTokenizer(BGE_SMALL, new TokenizerOptions(true, 6, true, false, Map.of(), "", ""))) {
            String text = "one two three four five six seven";
            int[] ids = whole.tokenize(text).ids();

            assertThat(start.cut(ids).ids()).isEqualTo(start.tokenize(text).ids());
            assertThat(end.cut(ids).ids()).isEqualTo(end.tokenize(text).ids());
            assertThat(start.cut(ids).truncated()).isTrue();
            assertThat(whole.cut(ids)).isEqualTo(new TokenizedText(ids, false));
        }
    }

    @Test
    void keepsTheEndOfALongTextWhenTheStartIsTruncated() throws IOException {
        try (TextTokenizer whole = new TextTokenizer(BGE_SMALL, TokenizerOptions.upTo(512));
                TextTokenizer end =
                        new TextTokenizer(BGE_SMALL, new TokenizerOptions(true, 6, true, false, Map.of(), "", ""))) {
            int[] all = whole.tokenize("one two three four five six seven").ids();

            TokenizedText cut = end.tokenize("one two three four five six seven");

            assertThat(cut.truncated()).isTrue();
            assertThat(cut.ids())
                    .containsExactly(
                            all[0],
                            all[all.length - 5],
                            all[all.length - 4],
                            all[all.length - 3],
                            all[all.length - 2],
                            all[all.length - 1]);
            assertThat(end.tokenize("one two").ids())
                    .isEqualTo(whole.tokenize("one two").ids());
            assertThat(end.tokenize("word ".repeat(200_000) + "end").ids()).hasSize(6);
        }
    }

    @Test
    void lowerCasesBeforeAnythingElse() throws IOException {
        ReferenceModel model = ReferenceModel.of("bert-do-lower-case");
        try (TextTokenizer plain = new TextTokenizer(model.tokenizer(), TokenizerOptions.upTo(64));
                TextTokenizer lower = new TextTokenizer(
                        model.tokenizer(), new TokenizerOptions(true, 64, false, true, Map.of(), "", ""))) {
            assertThat(lower.tokenize("THE Module [SEP] ΣΑΣ").ids())
                    .isEqualTo(plain.tokenize("the module [SEP] σασ").ids())
                    .isNotEqualTo(plain.tokenize("THE Module [SEP] ΣΑΣ").ids());
        }
    }

    @Test
    void countsAPromptWithoutASpecialTokenAtItsEnd() throws IOException {
        try (TextTokenizer bert = new TextTokenizer(BGE_SMALL, TokenizerOptions.upTo(512))) {
            assertThat(bert.promptTokens("query: ")).isEqualTo(3);
            assertThat(bert.promptTokens("")).isEqualTo(1);
        }
    }

    @Test
    void givesTheIdsOfTheBundledModel() throws IOException {
        JsonNode reference = ReferenceModel.json(ReferenceModel.resource("/reference/bge-small-en-v1.5.json"));
        try (TextTokenizer tokenizer = new TextTokenizer(BGE_SMALL, TokenizerOptions.upTo(512))) {
            for (JsonNode row : reference.path("rows")) {
                TokenizedText tokenized = tokenizer.tokenize(row.path("text").asText());

                int[] firstIds = new int[row.path("first_ids").size()];
                Arrays.setAll(
                        firstIds, index -> row.path("first_ids").get(index).asInt());
                assertThat(tokenized.ids()).hasSize(row.path("tokens").asInt()).startsWith(firstIds);
            }
        }
    }

    @Test
    void reportsWhetherATextWasTruncated() throws IOException {
        try (TextTokenizer tokenizer = new TextTokenizer(BGE_SMALL, TokenizerOptions.upTo(6))) {
            assertThat(tokenizer.tokenize("one two three four").truncated()).isFalse();
            assertThat(tokenizer.tokenize("one two three four five").truncated())
                    .isTrue();
            assertThat(tokenizer.tokenize("one ".repeat(10_000)).truncated()).isTrue();
            assertThat(tokenizer.tokenize(" ".repeat(10_000)).truncated()).isFalse();
        }
    }

    @Test
    void endsATruncatedTextWithTheSpecialTokens() throws IOException {
        try (TextTokenizer tokenizer = new TextTokenizer(BGE_SMALL, TokenizerOptions.upTo(5))) {
            int[] whole = tokenizer.tokenize("one two three").ids();

            int[] cut = tokenizer.tokenize("one two three four five six").ids();

            assertThat(cut).isEqualTo(whole);
        }
    }

    @Test
    void treatsLoneSurrogatesAsReplacementCharacters() throws IOException {
        Path roberta = ReferenceModel.of("roberta-mean-bpe").tokenizer();
        try (TextTokenizer tokenizer = new TextTokenizer(roberta, TokenizerOptions.upTo(64))) {
            for (String rest : new String[] {"", " ".repeat(2_000)}) {
                int[] ids = tokenizer.tokenize("one \ud83d two" + rest).ids();

                assertThat(ids)
                        .isEqualTo(tokenizer.tokenize("one \uFFFD two" + rest).ids());
                assertThat(ids)
                        .isNotEqualTo(tokenizer.tokenize("one ? two" + rest).ids());
            }
        }
    }

    @Test
    void tokenizesAllOfATextWithoutAMaximum() throws IOException {
        Random random = new Random(1);
        StringBuilder text = new StringBuilder("x".repeat(200_000));
        while (text.length() < 400_000) {
            text.append(' ').append(new RandomText(random).ofLength(300));
        }
        TokenizerOptions unlimited = new TokenizerOptions(false, Integer.MAX_VALUE, false, false, Map.of(), "", "");
        try (TextTokenizer tokenizer = new TextTokenizer(BGE_SMALL, unlimited);
                FullTokenizer library = new FullTokenizer(BGE_SMALL, 1_000_000)) {
            int[] expected = library.ids(text.toString());

            TokenizedText tokenized = tokenizer.tokenize(text.toString());

            assertThat(tokenized.ids()).isEqualTo(Arrays.copyOfRange(expected, 1, expected.length - 1));
            assertThat(tokenized.truncated()).isFalse();
        }
    }

    @Test
    void abortsTokenizingWhenTheCallerCancels() throws IOException {
        TokenizerOptions unlimited = new TokenizerOptions(false, Integer.MAX_VALUE, false, false, Map.of(), "", "");
        try (TextTokenizer tokenizer = new TextTokenizer(BGE_SMALL, unlimited)) {
            Utf8Text text = Utf8Text.of("word ".repeat(20_000));
            Runnable cancelled = () -> {
                throw new CancellationException();
            };

            assertThatThrownBy(() -> tokenizer.tokenize(text, cancelled)).isInstanceOf(CancellationException.class);
        }
    }

    @Test
    void rejectsToTokenizeOnceClosed() throws IOException {
        TextTokenizer tokenizer = new TextTokenizer(BGE_SMALL, TokenizerOptions.upTo(64));
        tokenizer.close();

        assertThatThrownBy(() -> tokenizer.tokenize("text"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("The tokenizer is closed");
    }

    @Test
    void rejectsAFileThatIsNoTokenizer(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("tokenizer.json"), "{\"no\": \"tokenizer\"}");

        assertThatThrownBy(() -> new TextTokenizer(file, TokenizerOptions.upTo(64)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("tokenizer.json is no tokenizer that can be read")
                .hasMessageNotContaining(directory.toString());
    }

    @Test
    void rejectsAMissingFile(@TempDir Path directory) {
        assertThatThrownBy(() -> new TextTokenizer(directory.resolve("tokenizer.json"), TokenizerOptions.upTo(64)))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void rejectsALengthThatHasNoRoomForText() {
        assertThatThrownBy(() -> new TextTokenizer(BGE_SMALL, TokenizerOptions.upTo(2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A maximum of 2 tokens leaves no room for text");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bert-cls-normalize",
                "bert-do-lower-case",
                "decoder-lasttoken",
                "modernbert-rope-mean",
                "roberta-mean-bpe",
                "xlmr-mean-prompts"
            })
    void agreesWithTheLibraryOnAnyText(String name) throws IOException {
        agreesWithTheLibrary(ReferenceModel.of(name).tokenizer(), 150, 24, 3_000);
    }

    @Test
    void agreesWithTheLibraryOnAnyTextForTheBundledModel() throws IOException {
        agreesWithTheLibrary(BGE_SMALL, 300, 24, 3_000);
        agreesWithTheLibrary(BGE_SMALL, 5, 512, 40_000);
    }

    private static void agreesWithTheLibrary(Path json, int seeds, int maxTokens, int longest) throws IOException {
        try (TextTokenizer tokenizer = new TextTokenizer(json, TokenizerOptions.upTo(maxTokens));
                FullTokenizer library = new FullTokenizer(json, maxTokens)) {
            for (int seed = 0; seed < seeds; seed++) {
                Random random = new Random(seed);
                String text = new RandomText(random).ofLength(random.nextInt(longest));

                int[] ids = tokenizer.tokenize(text).ids();

                assertThat(ids).as("seed %d", seed).isEqualTo(library.ids(text));
            }
        }
    }
}
