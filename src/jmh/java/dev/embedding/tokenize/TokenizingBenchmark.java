package dev.embedding.tokenize;

import dev.embedding.MicrosecondsBenchmark;
import dev.embedding.SampleTexts;
import dev.embedding.support.Utf8Text;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;

/** Measures tokenizing, and estimating the number of tokens, with the bundled model's tokenizer. */
public class TokenizingBenchmark extends MicrosecondsBenchmark {

    private static final Path TOKENIZER = Path.of("target/models/BAAI/bge-small-en-v1.5/tokenizer.json");

    private final SampleTexts samples = new SampleTexts();
    private final Utf8Text query = Utf8Text.of("How do I reset my password?");
    private final Utf8Text passage = Utf8Text.of(samples.text(600));
    private final Utf8Text book = Utf8Text.of(samples.text(1_000_000));
    private final List<Utf8Text> thousandPassages =
            samples.texts(1_000, 600).stream().map(Utf8Text::of).toList();
    private final TextTokenizer tokenizer;

    public TokenizingBenchmark() {
        try {
            tokenizer = new TextTokenizer(TOKENIZER, TokenizerOptions.upTo(512));
        } catch (IOException failure) {
            throw new IllegalStateException("The bundled model is missing: mvn package places it", failure);
        }
    }

    @Benchmark
    public Object query() {
        return tokenizer.tokenize(query);
    }

    @Benchmark
    public Object passage() {
        return tokenizer.tokenize(passage);
    }

    @Benchmark
    public Object millionCharacters() {
        return tokenizer.tokenize(book);
    }

    @Benchmark
    public long estimateQuery() {
        return tokenizer.estimator().estimate("", List.of(query));
    }

    @Benchmark
    public long estimateThousandPassages() {
        return tokenizer.estimator().estimate("", thousandPassages);
    }

    @Benchmark
    public void learnPassage() {
        tokenizer.estimator().learn("", passage, 130);
    }
}
