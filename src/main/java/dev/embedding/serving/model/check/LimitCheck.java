package dev.embedding.serving.model.check;

import dev.embedding.batch.BatchOutOfMemoryException;
import dev.embedding.batch.BatchRow;
import dev.embedding.model.ModelDescription.Kind;
import dev.embedding.model.Tokenization;
import dev.embedding.serving.model.CheckResults;
import dev.embedding.serving.model.EncodedText;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.serving.model.SampleTexts;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Computes what is at a model's limits, so that no text fails for what its files state wrongly: the longest text that it
 * takes, up to {@value #ALWAYS_TRIED} tokens and, as far as a second goes, beyond; and the token with the
 * largest id. What was found once is not tried again.
 */
final class LimitCheck {

    private static final int ALWAYS_TRIED = 512;
    private static final Duration BEYOND = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private static final System.Logger LOG = System.getLogger(LimitCheck.class.getName());

    private final LoadedModel model;
    private final CheckResults findings;
    private final Tokenization tokenization;
    private final int[] known;

    LimitCheck(LoadedModel model, CheckResults findings) {
        this.model = model;
        this.findings = findings;
        this.tokenization = model.description().tokenization();
        this.known = model.tokenIds(SampleTexts.OF_UNLIKE_LENGTHS.get(0));
    }

    /** @throws dev.embedding.model.ModelUnavailableException when a limit is beyond what the model computes */
    void verify() {
        // A table's rows are looked at when it is opened, and it has no positions.
        if (model.description().kind() == Kind.STATIC || known.length == 0) {
            return;
        }
        String finding = "the longest text and the largest token id are computed on " + model.device();
        if (findings.contain(model.fingerprint(true), finding)) {
            return;
        }
        requireLongestText();
        if (hasEveryToken()) {
            findings.keep(model.fingerprint(true), finding);
        }
    }

    private void requireLongestText() {
        int longest = tokenization.maxTokens();
        int tokens = Math.min(longest, ALWAYS_TRIED);
        long left = BEYOND.toNanos();
        long nanos = requireLength(tokens);
        // Attention grows with the square of the length.
        while (tokens < longest && 4 * nanos <= left) {
            tokens = (int) Math.min(longest, 2L * tokens);
            nanos = requireLength(tokens);
            left -= nanos;
        }
    }

    /** @return nanoseconds that it took; a length beyond {@value #ALWAYS_TRIED} may be too much for the memory */
    private long requireLength(int tokens) {
        int[] ids = new int[tokens];
        for (int index = 0; index < tokens; index++) {
            ids[index] = known[index % known.length];
        }
        long start = System.nanoTime();
        Optional<RuntimeException> failure = failureOf(ids);
        if (failure.isEmpty()) {
            return System.nanoTime() - start;
        }
        if (tokens > ALWAYS_TRIED && failure.get() instanceof BatchOutOfMemoryException) {
            return BEYOND.toNanos();
        }
        throw GoldenCheck.failed(
                model,
                "a text of " + tokens + " tokens cannot be computed, though " + tokenization.maxTokensFrom()
                        + " allows " + tokenization.maxTokens() + "; set max_seq_length in sentence_bert_config.json to"
                        + " what the model has positions for (" + failure.get().getMessage() + ")");
    }

    /** Tokens that were added to the vocabulary and are in no text may lack a vector; others are of another model. */
    private boolean hasEveryToken() {
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
        BatchRow<EncodedText> row = new BatchRow<>(new EncodedText(ids, 0, false), ids.length);
        try {
            var unused = model.compute(List.of(row), PATIENCE);
            return Optional.empty();
        } catch (RuntimeException failure) {
            return Optional.of(failure);
        }
    }
}
