package dev.embedding.tokenize;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.embedding.fixture.ReferenceModel;
import dev.embedding.tokenize.SplitMethod.Joining;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SplitMethodTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String REPLACE = "{'type': 'Replace', 'pattern': {'String': ' '}, 'content': '\u2581'}";
    private static final String STRIP = "{'type': 'Strip', 'strip_left': true, 'strip_right': true}";

    private final Path directory;

    SplitMethodTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @ParameterizedTest
    @ValueSource(strings = {"distilbert-mean", "bert-do-lower-case", "mpnet-mean-normalize", "static-embedding"})
    void splitsForBertsChainAtEachBoundary(String model) throws IOException {
        SplitMethod method = method(model, false);

        assertThat(method.rule()).isInstanceOf(WordPieceSplits.class);
        assertThat(method.joining()).isEqualTo(Joining.PIECES);
    }

    @ParameterizedTest
    @CsvSource({
        "distilbert-mean, true",
        "roberta-mean-bpe, false",
        "roberta-mean-bpe, true",
        "xlmr-mean-prompts, false",
        "t5-sentence-t5, false",
        "modernbert-rope-mean, false",
        "qwen3-lasttoken, false",
        "gemma3-embeddinggemma, false"
    })
    void splitsForOthersBetweenWords(String model, boolean fromEnd) throws IOException {
        SplitMethod method = method(model, fromEnd);

        assertThat(method.rule()).isInstanceOf(WordSplits.class);
        assertThat(method.joining()).isEqualTo(Joining.PIECES);
    }

    @ParameterizedTest
    @CsvSource({
        "xlmr-mean-prompts, true",
        "t5-sentence-t5, true",
        "roberta-mean-bpe, false",
        "qwen3-lasttoken, false",
        "gemma3-embeddinggemma, false"
    })
    void shortensRunsOfBlanksThatCollapse(String model, boolean shortens) throws IOException {
        WordSplits rule = (WordSplits) method(model, true).rule();

        assertThat(rule.runs().collapses(' ')).isEqualTo(shortens);
    }

    @Test
    void omitsTheBlankWhenTheTokenizerPrependsOne() throws IOException {
        String prepend =
                "{'type': 'Sequence', 'normalizers': [{'type': 'Prepend', 'prepend': '\u2581'}, " + REPLACE + "]}";

        requireMethod(with("gemma3-embeddinggemma", prepend, "null"), Joining.PIECES_WITHOUT_BLANK);
    }

    @ParameterizedTest
    @CsvSource({"always, true", "always, false", "first, true", "first, false", "never, true", "never, false"})
    void keepsTheBlankWhateverMetaspacePrepends(String scheme, boolean split) throws IOException {
        String metaspace = "{'type': 'Metaspace', 'replacement': '\u2581', 'prepend_scheme': '%s', 'split': %b}"
                .formatted(scheme, split);

        requireMethod(with("xlmr-mean-prompts", "null", metaspace), Joining.PIECES);
        requireMethod(with("gemma3-embeddinggemma", "null", metaspace), Joining.PIECES);
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void keepsTheBlankForByteLevelTokens(boolean addPrefixSpace, boolean useRegex) throws IOException {
        requireMethod(with("roberta-mean-bpe", "null", byteLevel(addPrefixSpace, useRegex)), Joining.PIECES);
    }

    @Test
    void keepsTheBlankWhereItIsStrippedAndPutBack() throws IOException {
        requireMethod(with("roberta-mean-bpe", STRIP, byteLevel(true, true)), Joining.PIECES);
    }

    @Test
    void doesNotJoinPiecesWhereABlankIsStripped() throws IOException {
        requireMethod(with("roberta-mean-bpe", STRIP, byteLevel(false, true)), Joining.NONE);
    }

    @Test
    void keepsTheBlankWhereThereIsNoPreTokenizer() throws IOException {
        requireMethod(with("gemma3-embeddinggemma", REPLACE, "null"), Joining.PIECES);
    }

    @Test
    void doesNotJoinPiecesWhereATokenHasABlankInside() throws IOException {
        String metaspace = "{'type': 'Metaspace', 'replacement': '\u2581', 'prepend_scheme': 'always', 'split': false}";
        ObjectNode definition = with("xlmr-mean-prompts", "null", metaspace);
        ((ArrayNode) definition.path("model").path("vocab"))
                .addArray()
                .add("the\u2581of")
                .add(-1.0);

        requireMethod(definition, Joining.NONE);
    }

    @Test
    void keepsPiecesApartFromAddedTokens() throws IOException {
        for (String flags :
                new String[] {"'rstrip': true", "'lstrip': true", "'single_word': true", "'normalized': true"}) {
            for (String content : new String[] {"[TWO WORDS]", "<word>", "?", "  "}) {
                ObjectNode definition = reference("roberta-mean-bpe");
                ObjectNode token =
                        (ObjectNode) read("{'id': 479, 'single_word': false, 'lstrip': false, 'rstrip': false,"
                                + "'normalized': false, 'special': true}");
                token.setAll((ObjectNode) read("{" + flags + "}"));
                token.put("content", content);
                ((ArrayNode) definition.path("added_tokens")).add(token);

                requireMethod(definition, Joining.PIECES);
            }
        }
    }

    @Test
    void joinsPiecesOfWordsThatAreTokens() throws IOException {
        ObjectNode definition = wordLevel("{'type': 'Whitespace'}");

        requireMethod(definition, Joining.PIECES);
    }

    @Test
    void doesNotJoinPiecesWhereTheWholeTextIsAToken() throws IOException {
        requireMethod(wordLevel("null"), Joining.NONE);
    }

    @Test
    void loadsATokenizerThatRefusesUnknownWords() throws IOException {
        ObjectNode definition = wordLevel("{'type': 'Whitespace'}");
        ((ObjectNode) definition.path("model")).put("unk_token", "[NONE]");

        try (ReferenceTokenizer tokenizer = new ReferenceTokenizer(write(definition))) {
            tokenizer.requireIdsOfWhole(24, "the a ".repeat(100));
        }
    }

    private void requireMethod(ObjectNode definition, Joining joining) throws IOException {
        try (ReferenceTokenizer tokenizer = new ReferenceTokenizer(write(definition))) {
            assertThat(tokenizer.method(false).joining()).isEqualTo(joining);
            assertThat(tokenizer.method(true).joining()).isEqualTo(joining);
            for (int seed = 0; seed < 12; seed++) {
                tokenizer.requireIdsOfWhole(24, text(new Random(seed)));
            }
        }
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        while (text.length() < 2_000) {
            text.append(new RandomText(random).ofLength(random.nextInt(1, 30)))
                    .append(random.nextInt(4) == 0 ? "" : " ")
                    .append(random.nextInt(4) == 0 ? "<word> [TWO WORDS] ? <mask> b the of  x" : "");
        }
        return text.toString();
    }

    private static SplitMethod method(String model, boolean fromEnd) throws IOException {
        try (ReferenceTokenizer tokenizer = ReferenceTokenizer.of(model)) {
            return tokenizer.method(fromEnd);
        }
    }

    private static ObjectNode with(String model, String normalizer, String preTokenizer) throws IOException {
        ObjectNode definition = reference(model);
        definition.set("normalizer", read(normalizer));
        definition.set("pre_tokenizer", read(preTokenizer));
        return definition;
    }

    private static ObjectNode wordLevel(String preTokenizer) throws IOException {
        ObjectNode definition = with("distilbert-mean", "null", preTokenizer);
        ObjectNode model = JSON.createObjectNode().put("type", "WordLevel").put("unk_token", "[UNK]");
        model.set("vocab", definition.path("model").path("vocab"));
        definition.set("model", model);
        return definition;
    }

    private static String byteLevel(boolean addPrefixSpace, boolean useRegex) {
        return "{'type': 'ByteLevel', 'add_prefix_space': %b, 'trim_offsets': true, 'use_regex': %b}"
                .formatted(addPrefixSpace, useRegex);
    }

    private static ObjectNode reference(String model) {
        return (ObjectNode) ReferenceModel.json(ReferenceModel.of(model).tokenizer());
    }

    private static JsonNode read(String json) throws IOException {
        return JSON.readTree(json.replace('\'', '"'));
    }

    private Path write(ObjectNode definition) throws IOException {
        return Files.write(directory.resolve("tokenizer.json"), JSON.writeValueAsBytes(definition));
    }
}
