package dev.embedding.serving;

import dev.embedding.batch.BatchRow;
import dev.embedding.batch.BatcherClosedException;
import dev.embedding.batch.DeadlinePassedException;
import dev.embedding.batch.MicroBatcher;
import dev.embedding.batch.MovedException;
import dev.embedding.batch.QueueFullException;
import dev.embedding.batch.RowFailedException;
import dev.embedding.batch.admission.Priority;
import dev.embedding.model.ModelDescription.Kind;
import dev.embedding.serving.ActiveModel.Lease;
import dev.embedding.serving.Embeddings.Timings;
import dev.embedding.serving.cache.EmbeddedText;
import dev.embedding.serving.cache.Recall;
import dev.embedding.serving.input.EmbeddingInput;
import dev.embedding.tokenize.TokenizedText;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * The use case: texts in, vectors out.
 *
 * <p>Every request runs under one lease from its first to its last step, so that its texts are tokenized, computed and
 * normalised by the same model.
 */
public final class Embedder {

    private final ActiveModel active;
    private final Executor workers;

    /** @param workers tokenize what the calling thread should not be kept with */
    public Embedder(ActiveModel active, Executor workers) {
        this.active = active;
        this.workers = workers;
    }

    /**
     * Embeds the texts. Small requests are tokenized on the subscribing thread. Cancelling drops whatever is not being
     * computed yet, and so does the end of the request's time.
     *
     * @return the vectors, or an {@link EmbeddingFailure}
     */
    public Uni<Embeddings> embed(EmbeddingRequest request) {
        return Uni.createFrom()
                .deferred(() -> underLease(request, System.nanoTime(), false))
                .onFailure()
                .transform(Embedder::failure);
    }

    /** @param moved whether another model admitted the request and was replaced before it computed any of it */
    private Uni<Embeddings> underLease(EmbeddingRequest request, long startNanos, boolean moved) {
        return Uni.createFrom().deferred(() -> {
            Lease lease = active.lease().orElseThrow(EmbeddingFailure.NoModel::new);
            return embed(request, lease, startNanos, moved)
                    .onTermination()
                    .invoke(lease::release)
                    .onFailure(MovedException.class)
                    .recoverWithUni(() -> underLease(request, startNanos, true));
        });
    }

    private Uni<Embeddings> embed(EmbeddingRequest request, Lease lease, long startNanos, boolean moved) {
        return Uni.createFrom().deferred(() -> {
            requireSpace(request, lease);
            String prompt = promptOf(request.wish(), lease);
            AnswerShape shape = AnswerShape.of(request.wish(), lease);
            EmbeddingModel model = lease.model();
            model.tokenizer().requireOwnTokens(prompt, request.inputs());
            Recall recall = model.recall(prompt, request.inputs(), request.bypassesCache());
            if (recall.isComplete()) {
                shape.requireWhole(List.of(), recall);
                return Uni.createFrom().item(shape.embeddings(recall.with(List.of()), Timings.NONE, recall.counts(0)));
            }
            List<EmbeddingInput> missing = recall.missing();
            long estimate = model.tokenizer().estimate(prompt, missing);
            Priority priority = request.priority().of(missing.size(), estimate);
            RequestDeadline deadline = new RequestDeadline(
                    startNanos, request.timeout().orElseGet(() -> model.timeout(priority, estimate)));
            MicroBatcher<EncodedText, EmbeddedText>.Admission admission = moved
                    ? model.batcher().admitMoved(priority, estimate)
                    : model.batcher().admit(priority, estimate);
            long start = System.nanoTime();
            return new TokenizeJob(model, prompt, missing, workers)
                    .run()
                    .chain(tokenized -> compute(
                            tokenized,
                            model.tokenizer().leftOut(prompt),
                            recall,
                            shape,
                            admission,
                            deadline.nanos(),
                            System.nanoTime() - start))
                    .onTermination()
                    .invoke(admission::release)
                    .onFailure(DeadlinePassedException.class)
                    .transform(late -> deadline.passed(late.queuedTokens()))
                    .ifNoItem()
                    .after(deadline.left(start))
                    .on(model.timer())
                    .failWith(() -> deadline.passed(model.queuedTokens()));
        });
    }

    private static String promptOf(VectorWish wish, Lease lease) {
        PromptChoice ofName = wish.model()
                .map(name -> lease.names()
                        .promptOf(name)
                        .orElseThrow(() -> new EmbeddingFailure.UnknownModel(name, lease.names())))
                .orElse(PromptChoice.USUAL);
        PromptChoice wanted = wish.prompt().equals(PromptChoice.USUAL) ? ofName : wish.prompt();
        return wanted.of(lease.model().description().prompts());
    }

    private static void requireSpace(EmbeddingRequest request, Lease lease) {
        String served = lease.fingerprint();
        request.requiredSpace().filter(wanted -> !wanted.equals(served)).ifPresent(wanted -> {
            throw new EmbeddingFailure.OtherSpace(wanted, served);
        });
    }

    private static Uni<Embeddings> compute(
            List<TokenizedText> texts,
            int leftOut,
            Recall recall,
            AnswerShape shape,
            MicroBatcher<EncodedText, EmbeddedText>.Admission admission,
            long deadline,
            long tokenizeNanos) {
        requireTokens(texts, recall, shape.model());
        shape.requireWhole(texts, recall);
        List<BatchRow<EncodedText>> rows = new ArrayList<>(texts.size());
        for (TokenizedText text : texts) {
            Object key = recall.keyOf(rows.size());
            rows.add(new BatchRow<>(new EncodedText(text.ids(), leftOut, text.truncated()), text.ids().length, key));
        }
        return admission
                .submit(rows, deadline)
                .map(result -> shape.embeddings(
                        recall.with(result.values()),
                        new Timings(tokenizeNanos, result.queueNanos(), result.computeNanos()),
                        recall.counts(result.sharedRows())))
                .onFailure(RowFailedException.class)
                .transform(failure ->
                        new EmbeddingFailure.ComputationFailed(recall.indexOf(failure.index()), failure.reason()));
    }

    /** A transformer computes nothing of nothing; the mean of no rows of a table is zero. */
    private static void requireTokens(List<TokenizedText> texts, Recall recall, EmbeddingModel model) {
        if (model.description().kind() == Kind.STATIC) {
            return;
        }
        for (int index = 0; index < texts.size(); index++) {
            if (texts.get(index).ids().length == 0) {
                throw new EmbeddingFailure.NoTokens(recall.indexOf(index));
            }
        }
    }

    private static EmbeddingFailure failure(Throwable failure) {
        if (failure instanceof EmbeddingFailure known) {
            return known;
        }
        if (failure instanceof QueueFullException full) {
            return new EmbeddingFailure.Saturated(full.expectedWait(), full.retryAfter());
        }
        if (failure instanceof BatcherClosedException) {
            return new EmbeddingFailure.GivenUp();
        }
        return new EmbeddingFailure.ComputationFailed(failure);
    }
}
