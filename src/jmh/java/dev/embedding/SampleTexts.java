package dev.embedding;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Texts for benchmarks, the same in every run: words of the benchmark's corpus in a seeded order. */
public final class SampleTexts {

    private final List<String> words;
    private final Random random = new Random(7);

    public SampleTexts() {
        try {
            words = List.of(
                    Files.readString(Path.of("bench/corpus.txt")).strip().split("\\s+"));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** A text of as many words as are needed for so many characters. */
    public String text(int characters) {
        StringBuilder text = new StringBuilder();
        while (text.length() < characters) {
            text.append(text.isEmpty() ? "" : " ").append(words.get(random.nextInt(words.size())));
        }
        return text.toString();
    }

    public List<String> texts(int count, int characters) {
        return IntStream.range(0, count).mapToObj(index -> text(characters)).toList();
    }
}
