package dev.embedding.bench;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.StringJoiner;

/** Sentences, and a tokenizer that measures them: together they give texts of any wanted number of tokens. */
final class Corpus implements AutoCloseable {

    private static final long SEED = 20_260_101;

    /** A word of a sentence with its punctuation. WordPiece splits at blanks first, so the tokens of words add up. */
    private record Word(String word, int tokens) {}

    private final HuggingFaceTokenizer tokenizer;
    private final int specialTokens;
    private final List<List<Word>> sentences = new ArrayList<>();

    /** @param sentences a file with a sentence a line */
    static Corpus open(Path sentences, Path tokenizerJson) throws IOException {
        System.setProperty("RUST_FLAVOR", "cpu");
        System.setProperty("ai.djl.offline", "true");
        Map<String, String> options = Map.of("addSpecialTokens", "true", "truncation", "false", "padding", "false");
        try (InputStream json = Files.newInputStream(tokenizerJson)) {
            return new Corpus(Files.readAllLines(sentences), HuggingFaceTokenizer.newInstance(json, options));
        }
    }

    private Corpus(List<String> lines, HuggingFaceTokenizer tokenizer) {
        this.tokenizer = tokenizer;
        this.specialTokens = ids("").length;
        for (String line : lines) {
            if (!line.matches("[ !#-\\[\\]-~]+")) {
                throw new IllegalArgumentException("The corpus has a line that JSON would have to escape: " + line);
            }
            List<Word> words = new ArrayList<>();
            for (String word : line.split(" ")) {
                words.add(new Word(word, ids(word).length - specialTokens));
            }
            sentences.add(words);
        }
    }

    /** Distinct texts; the same ones for the same arguments. */
    List<Text> texts(Lengths lengths, int count) {
        Random random = new Random(SEED);
        Set<String> seen = new HashSet<>();
        List<Text> texts = new ArrayList<>();
        while (texts.size() < count) {
            int tokens = lengths.next(random);
            String text = text(tokens, random);
            if (seen.add(text)) {
                texts.add(measured(text, tokens));
            }
        }
        return texts;
    }

    /** Sentence after sentence, the first one from any of its words on, the last one cut where the text is full. */
    private String text(int tokens, Random random) {
        StringJoiner text = new StringJoiner(" ");
        int left = tokens - specialTokens;
        List<Word> sentence = next(random);
        int from = random.nextInt(sentence.size());
        while (left > 0) {
            for (Word word : sentence.subList(from, sentence.size())) {
                if (word.tokens() <= left) {
                    text.add(word.word());
                    left -= word.tokens();
                }
            }
            sentence = next(random);
            from = 0;
        }
        return text.toString();
    }

    private List<Word> next(Random random) {
        return sentences.get(random.nextInt(sentences.size()));
    }

    private Text measured(String text, int tokens) {
        long[] ids = ids(text);
        if (ids.length != tokens) {
            throw new IllegalStateException(
                    "A text of " + tokens + " tokens was wanted, but this one has " + ids.length + ": " + text);
        }
        return new Text(text, ids);
    }

    private long[] ids(String text) {
        return tokenizer.encode(text).getIds();
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
