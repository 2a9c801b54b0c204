package dev.embedding.tokenize;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.embedding.fixture.ReferenceModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that long texts have the ids that the library gives for the whole text, for every kind of tokenizer. */
class LongTextTest {

    private static final List<String> KINDS = List.of(
            "bert-do-lower-case",
            "mpnet-mean-normalize",
            "roberta-mean-bpe",
            "qwen3-lasttoken",
            "gemma3-embeddinggemma",
            "t5-sentence-t5",
            "xlmr-mean-prompts");

    private static final List<String> RUNS = List.of(
            " ",
            "x",
            "\n",
            "\r\n",
            "\u00A0",
            "\u200B",
            "\0",
            "\u0001",
            "\u0301",
            "e\u0301",
            "\uD83D\uDE00",
            "\u4E2D",
            "\u1ABF",
            "\uFFFD",
            " \u200B",
            "a  ");

    private static List<String> kinds() {
        return KINDS;
    }

    /** One of each kind. */
    private static List<Path> referenceTokenizers() throws IOException {
        Set<String> seen = new HashSet<>();
        try (Stream<Path> files = Files.walk(ReferenceModel.resource("/reference/models"))) {
            return files.filter(file -> file.endsWith("tokenizer.json"))
                    .sorted()
                    .filter(file -> seen.add(withoutVocabulary(ReferenceModel.json(file))))
                    .toList();
        }
    }

    private static String withoutVocabulary(JsonNode definition) {
        ((ObjectNode) definition.path("model")).remove(List.of("vocab", "merges"));
        return definition.toString();
    }

    @ParameterizedTest
    @MethodSource("referenceTokenizers")
    void hasTheIdsOfTheWholeText(Path file) throws IOException {
        try (ReferenceTokenizer tokenizer = new ReferenceTokenizer(file)) {
            for (int seed = 0; seed < 12; seed++) {
                Random random = new Random(seed);
                int longest = seed % 2 == 0 ? 40 : 1_500;

                tokenizer.requireIdsOfWhole(random.nextBoolean() ? 24 : 200, text(random, 4_000, longest));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void hasTheIdsOfAWholeTextOfManyPieces(String model) throws IOException {
        try (ReferenceTokenizer tokenizer = ReferenceTokenizer.of(model)) {
            tokenizer.requireIdsOfWhole(8_192, text(new Random(7), 80_000, 300));
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void tokenizesARunWithoutAPlaceToSplitAsAWhole(String model) throws IOException {
        try (ReferenceTokenizer tokenizer = ReferenceTokenizer.of(model)) {
            tokenizer.requireIdsOfWhole(512, "-".repeat(20_001) + " and some words".repeat(400));
            tokenizer.requireIdsOfWhole(512, "Some words and ".repeat(400) + "-".repeat(20_001));
            tokenizer.requireIdsOfWhole(9_000, "a word " + "-".repeat(65_000) + " and another word");
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void tokenizesARunOfAnyCharacterAsAWhole(String model) throws IOException {
        try (ReferenceTokenizer tokenizer = ReferenceTokenizer.of(model)) {
            for (String unit : RUNS) {
                String run = unit.repeat(4_000 / unit.length());

                tokenizer.requireIdsOfWhole(64, run + "c and some words");
                tokenizer.requireIdsOfWhole(1_000, "some words, b" + run + "c and more words");
                tokenizer.requireIdsOfWhole(100, "a" + run);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "\n", "\u200B", "\u0301", "\uD83D\uDE00", "\u4E2D"})
    void tokenizesTheLongestPossibleRunAsAWhole(String unit) throws IOException {
        String run = unit.repeat((TextEncoder.MAX_CHARACTERS - 2) / unit.length());
        try (ReferenceTokenizer tokenizer = ReferenceTokenizer.of("xlmr-mean-prompts")) {
            tokenizer.requireIdsOfWhole(512, "some words b" + run + " and more words");
        }
    }

    private static String text(Random random, int length, int longestFragment) {
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            text.append(new RandomText(random).ofLength(random.nextInt(1, longestFragment)))
                    .append(random.nextInt(4) == 0 ? "" : " ");
        }
        return text.toString();
    }
}
