package dev.embedding.serving.model.check;

import dev.embedding.batch.BatchOutOfMemoryException;
import dev.embedding.batch.BatchRow;
import dev.embedding.model.ModelDescription.Kind;
import dev.embedding.model.Tokenization;
import dev.embedding.serving.model.CheckResults;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.serving.model.SampleTexts;
import dev.embedding.tokenize.TokenizedText;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Check that a model computes its limits, so that no text fails because of wrong values in its files: the longest text,
 * up to {@value #ALWAYS_TESTED} tokens and beyond as far as a second suffices, and the token with the largest id. A
 * passed check is stored and not repeated.
 */
final class LimitCheck {

    private static final int ALWAYS_TESTED = 512;
    private static final Duration TIME_BUDGET = Duration.ofSeconds(1);
    private static final Duration TIMEOUT = Duration.ofMinutes(10);

    private static final System.Logger LOG = System.getLogger(LimitCheck.class.getName());

    private final LoadedModel model;
    private final CheckResults results;
    private final Tokenization tokenization;
    private final int[] known;

    LimitCheck(LoadedModel model, CheckResults results) {
        this.model = model;
        this.results = results;
        this.tokenization = model.description().tokenization();
        this.known = model.tokenIds(SampleTexts.OF_DIFFERENT_LENGTHS.get(0));
    }

    /** @throws dev.embedding.model.ModelUnavailableException when a limit is beyond what the model computes */
    void verify() {
        // A static model's table is checked when it is opened, and has no positions.
        if (model.description().kind() == Kind.STATIC || known.length == 0) {
            return;
        }
        String result = "the longest text and the largest token id are computed on " + model.device();
        if (results.contains(model.fingerprint(true), result)) {
            return;
        }
        computeLongestText();
        if (computesLargestTokenId()) {
            results.add(model.fingerprint(true), result);
        }
    }

    private void computeLongestText() {
        int longest = tokenization.maxTokens();
        int tokens = Math.min(longest, ALWAYS_TESTED);
        long remaining = TIME_BUDGET.toNanos();
        long nanos = computeLength(tokens);
        // Attention is quadratic in the length.
        while (tokens < longest && 4 * nanos <= remaining) {
            tokens = (int) Math.min(longest, 2L * tokens);
            nanos = computeLength(tokens);
            remaining -= nanos;
        }
    }

    /** @return time in nanoseconds; beyond {@value #ALWAYS_TESTED} tokens, running out of memory is no failure */
    private long computeLength(int tokens) {
        int[] ids = new int[tokens];
        for (int index = 0; index < tokens; index++) {
            ids[index] = known[index % known.length];
        }
        long start = System.nanoTime();
        Optional<RuntimeException> failure = failureOf(ids);
        if (failure.isEmpty()) {
            return System.nanoTime() - start;
        }
        if (tokens > ALWAYS_TESTED && failure.get() instanceof BatchOutOfMemoryException) {
            return TIME_BUDGET.toNanos();
        }
        throw GoldenCheck.failed(
                model,
                "a text of " + tokens + " tokens cannot be computed, though " + tokenization.maxTokensFrom()
                        + " allows " + tokenization.maxTokens() + "; set max_seq_length in sentence_bert_config.json to"
                        + " what the model has positions for (" + failure.get().getMessage() + ")");
    }

    /** An added token may lack a vector, with a warning; a missing vocabulary token means a file of another model. */
    private boolean computesLargestTokenId() {
        int largest = model.tokenizer().ids().length() - 1;
        Optional<RuntimeException> failure = failureAt(largest);
        if (failure.isEmpty()) {
            return true;
        }
        String file = tokenization.file().getFileName().toString();
        int ofTexts = model.tokenizer().vocabularyIds().length() - 1;
        if (ofTexts == largest || failureAt(ofTexts).isPresent()) {
            throw GoldenCheck.failed(
                    model,
                    "a text with the token id " + largest + " of " + file
                            + " cannot be computed: the file belongs to another model, or this model is damaged ("
                            + failure.get().getMessage() + ")");
        }
        LOG.log(
                System.Logger.Level.WARNING,
                "The model has no vector for the token id {0}, which was added to {1}: a text with this token fails",
                Integer.toString(largest),
                file);
        return false;
    }

    private Optional<RuntimeException> failureAt(int id) {
        int[] ids = known.clone();
        ids[ids.length / 2] = id;
        return failureOf(ids);
    }

    private Optional<RuntimeException> failureOf(int[] ids) {
        BatchRow<TokenizedText> row = new BatchRow<>(new TokenizedText(ids, false), ids.length);
        try {
            var unused = model.compute(List.of(row), TIMEOUT);
            return Optional.empty();
        } catch (RuntimeException failure) {
            return Optional.of(failure);
        }
    }
}
