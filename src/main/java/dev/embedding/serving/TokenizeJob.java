package dev.embedding.serving;

import dev.embedding.serving.model.EmbeddingInput;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.tokenize.TokenizedText;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Tokenizes the texts of one request, a portion at a time: after each portion the job goes to the end of the workers'
 * line, so that a large request does not keep others waiting. The first portion runs on the calling thread. It stops when
 * its call is over.
 */
final class TokenizeJob {

    /** About a millisecond of work for texts of ordinary length. */
    private static final int BYTES_PER_PORTION = 4_096;

    private final LoadedModel model;
    private final String prompt;
    private final Executor workers;
    private final CallContext context;
    private final Consumer<List<TokenizedText>> whenDone;
    private final Consumer<Throwable> whenFailed;
    private final List<TokenizedText> done;
    private volatile List<EmbeddingInput> inputs;

    /**
     * @param prompt put in front of each text
     * @param whenDone called once with all of them, in order, unless the call ends before
     * @param whenFailed called when one of them, or {@code whenDone}, fails
     */
    TokenizeJob(
            LoadedModel model,
            String prompt,
            List<EmbeddingInput> inputs,
            Executor workers,
            CallContext context,
            Consumer<List<TokenizedText>> whenDone,
            Consumer<Throwable> whenFailed) {
        this.model = model;
        this.prompt = prompt;
        this.inputs = inputs;
        this.workers = workers;
        this.context = context;
        this.whenDone = whenDone;
        this.whenFailed = whenFailed;
        this.done = new ArrayList<>(inputs.size());
    }

    /** Keeps the texts no longer, wherever the job may be waiting. */
    void forget() {
        inputs = List.of();
    }

    void run() {
        try {
            List<EmbeddingInput> all = inputs;
            int bytes = 0;
            while (!context.isOver() && done.size() < all.size() && bytes < BYTES_PER_PORTION) {
                EmbeddingInput input = all.get(done.size());
                done.add(model.tokenizer().tokenize(prompt, input, context::check));
                bytes += prompt.length() + input.length();
            }
            if (context.isOver()) {
                return;
            }
            if (done.size() == all.size()) {
                whenDone.accept(done);
            } else {
                workers.execute(this::run);
            }
        } catch (RuntimeException | Error failure) {
            // An error too, as memory for a huge text that there is not: nobody else would end the request.
            whenFailed.accept(failure);
        }
    }
}
