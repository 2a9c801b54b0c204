package dev.embedding.serving;

import dev.embedding.serving.model.Input;
import dev.embedding.serving.model.InputTokenizer;
import dev.embedding.tokenize.TokenizedText;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Tokenizes the texts of one request in portions: after each portion the job goes to the end of the workers' queue, so
 * that a large request does not block others. The first portion runs on the calling thread. The job stops when its call
 * has ended.
 */
final class TokenizeJob {

    /** About a millisecond of work for texts of typical length. */
    private static final int BYTES_PER_PORTION = 4_096;

    private final InputTokenizer tokenizer;
    private final String prompt;
    private final Executor workers;
    private final CallContext context;
    private final Consumer<List<TokenizedText>> onDone;
    private final Consumer<Throwable> onFailure;
    private final List<TokenizedText> done;
    private volatile List<Input> inputs;

    /**
     * @param prompt prepended to each text
     * @param onDone called once with all tokenized texts, in order, unless the call ends before
     * @param onFailure called when tokenizing a text, or {@code onDone}, fails
     */
    TokenizeJob(
            InputTokenizer tokenizer,
            String prompt,
            List<Input> inputs,
            Executor workers,
            CallContext context,
            Consumer<List<TokenizedText>> onDone,
            Consumer<Throwable> onFailure) {
        this.tokenizer = tokenizer;
        this.prompt = prompt;
        this.inputs = inputs;
        this.workers = workers;
        this.context = context;
        this.onDone = onDone;
        this.onFailure = onFailure;
        this.done = new ArrayList<>(inputs.size());
    }

    /** Releases the texts, even while the job waits in a queue. */
    void releaseTexts() {
        inputs = List.of();
    }

    void run() {
        try {
            List<Input> all = inputs;
            int bytes = 0;
            while (!context.isEnded() && done.size() < all.size() && bytes < BYTES_PER_PORTION) {
                Input input = all.get(done.size());
                done.add(tokenizer.tokenize(prompt, input, context::check));
                bytes += prompt.length() + input.length();
            }
            if (context.isEnded()) {
                return;
            }
            if (done.size() == all.size()) {
                onDone.accept(done);
            } else {
                workers.execute(this::run);
            }
        } catch (RuntimeException | Error failure) {
            // Also an error, such as no memory for a huge text: nothing else would end the request.
            onFailure.accept(failure);
        }
    }
}
