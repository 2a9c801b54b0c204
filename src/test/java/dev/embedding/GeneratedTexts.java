package dev.embedding;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Texts that nobody wrote: the same for the same seed. */
final class GeneratedTexts {

    private static final List<String> WORDS = List.of(
            "vector", "query", "the", "of", "search", "index", "house", "light", "patient", "glucose", "and", "river");

    private GeneratedTexts() {}

    /** Different texts: a number each, and behind it that many words of one token. */
    static List<String> of(int count, int words, long seed) {
        Random random = new Random(seed);
        return IntStream.range(0, count)
                .mapToObj(number -> IntStream.range(0, words)
                        .mapToObj(word -> WORDS.get(random.nextInt(WORDS.size())))
                        .collect(Collectors.joining(" ", number + " ", "")))
                .toList();
    }
}
