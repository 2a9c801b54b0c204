package dev.embedding.serving;

import dev.embedding.serving.input.EmbeddingInput;
import dev.embedding.tokenize.TokenizedText;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * Tokenizes the texts of one request, a portion at a time: after each portion the job goes to the end of the workers'
 * line, so that a large request does not keep small ones waiting. The first portion runs on the subscribing thread.
 */
final class TokenizeJob {

    /** About a millisecond of work for texts of ordinary length. */
    private static final int CHARACTERS_PER_PORTION = 4_096;

    private final EmbeddingModel model;
    private final String prompt;
    private final List<EmbeddingInput> inputs;
    private final Executor workers;
    private final List<TokenizedText> done;
    private volatile boolean cancelled;

    /** @param prompt put in front of each text */
    TokenizeJob(EmbeddingModel model, String prompt, List<EmbeddingInput> inputs, Executor workers) {
        this.model = model;
        this.prompt = prompt;
        this.inputs = inputs;
        this.workers = workers;
        this.done = new ArrayList<>(inputs.size());
    }

    Uni<List<TokenizedText>> run() {
        return Uni.createFrom().emitter(emitter -> {
            emitter.onTermination(() -> cancelled = true);
            portion(emitter);
        });
    }

    private void portion(UniEmitter<? super List<TokenizedText>> emitter) {
        try {
            int characters = 0;
            while (!cancelled && done.size() < inputs.size() && characters < CHARACTERS_PER_PORTION) {
                EmbeddingInput input = inputs.get(done.size());
                done.add(model.tokenizer().tokenize(prompt, input));
                characters += prompt.length() + input.length();
            }
            if (done.size() == inputs.size()) {
                emitter.complete(done);
            } else if (!cancelled) {
                workers.execute(() -> portion(emitter));
            }
        } catch (RuntimeException | Error failure) {
            // An error too, as memory for a huge text that there is not: nobody else would end the request.
            emitter.fail(failure);
        }
    }
}
