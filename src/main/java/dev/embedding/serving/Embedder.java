package dev.embedding.serving;

import dev.embedding.batch.BatchRow;
import dev.embedding.batch.BatcherClosedException;
import dev.embedding.batch.DeadlinePassedException;
import dev.embedding.batch.MicroBatcher;
import dev.embedding.batch.MovedException;
import dev.embedding.batch.QueueFullException;
import dev.embedding.model.ModelDescription.Kind;
import dev.embedding.serving.ActiveModel.Lease;
import dev.embedding.serving.Embeddings.Timings;
import dev.embedding.tokenize.TokenizedText;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * The use case: texts in, vectors out.
 *
 * <p>Every request runs under one lease from its first to its last step, so that its texts are tokenized, computed and
 * normalised by the same model.
 */
public final class Embedder {

    private static final long NO_DEADLINE_NANOS = TimeUnit.DAYS.toNanos(365);

    private final ActiveModel active;
    private final Executor workers;

    /** @param workers tokenize what the calling thread should not be kept with */
    public Embedder(ActiveModel active, Executor workers) {
        this.active = active;
        this.workers = workers;
    }

    /**
     * Embeds the texts. Small requests are tokenized on the subscribing thread. Cancelling drops whatever is not being
     * computed yet.
     *
     * @return the vectors, or an {@link EmbeddingFailure}
     */
    public Uni<Embeddings> embed(EmbeddingRequest request) {
        return Uni.createFrom().deferred(() -> {
            long deadline =
                    System.nanoTime() + request.timeout().map(Duration::toNanos).orElse(NO_DEADLINE_NANOS);
            Uni<Embeddings> answer = underLease(request, deadline, false);
            if (request.timeout().isPresent()) {
                Duration timeout = request.timeout().get();
                answer = answer.ifNoItem()
                        .after(timeout)
                        .failWith(() -> new EmbeddingFailure.DeadlinePassed(
                                timeout,
                                active.model().map(EmbeddingModel::queuedTokens).orElse(0L)));
            }
            return answer.onFailure().transform(Embedder::failure);
        });
    }

    /** @param moved whether another model admitted the request and was replaced before it computed any of it */
    private Uni<Embeddings> underLease(EmbeddingRequest request, long deadline, boolean moved) {
        return Uni.createFrom().deferred(() -> {
            Lease lease = active.lease().orElseThrow(EmbeddingFailure.NoModel::new);
            return embed(request, lease, deadline, moved)
                    .onTermination()
                    .invoke(lease::release)
                    .onFailure(MovedException.class)
                    .recoverWithUni(() -> underLease(request, deadline, true));
        });
    }

    private Uni<Embeddings> embed(EmbeddingRequest request, Lease lease, long deadline, boolean moved) {
        return Uni.createFrom().deferred(() -> {
            requireSpace(request, lease);
            EmbeddingModel model = lease.model();
            String prompt = request.prompt().of(model.description().prompts());
            long estimate = model.estimateTokens(prompt, request.texts());
            MicroBatcher<EncodedText, float[]>.Admission admission = moved
                    ? model.batcher().admitMoved(estimate)
                    : model.batcher().admit(estimate);
            long start = System.nanoTime();
            return new TokenizeJob(model, prompt, request.texts(), workers)
                    .run()
                    .chain(texts -> compute(
                            texts, model.tokensLeftOut(prompt), lease, admission, deadline, System.nanoTime() - start))
                    .onTermination()
                    .invoke(admission::release);
        });
    }

    private static void requireSpace(EmbeddingRequest request, Lease lease) {
        String served = lease.space().fingerprint();
        request.requiredSpace().filter(wanted -> !wanted.equals(served)).ifPresent(wanted -> {
            throw new EmbeddingFailure.OtherSpace(wanted, served);
        });
    }

    private static Uni<Embeddings> compute(
            List<TokenizedText> texts,
            int leftOut,
            Lease lease,
            MicroBatcher<EncodedText, float[]>.Admission admission,
            long deadline,
            long tokenizeNanos) {
        requireTokens(texts, lease.model());
        List<BatchRow<EncodedText>> rows = texts.stream()
                .map(text -> new BatchRow<>(new EncodedText(text.ids(), leftOut), text.ids().length))
                .toList();
        int tokens = rows.stream().mapToInt(BatchRow::tokens).sum();
        List<Integer> truncated = IntStream.range(0, texts.size())
                .filter(index -> texts.get(index).truncated())
                .boxed()
                .toList();
        return admission
                .submit(rows, deadline)
                .map(result -> new Embeddings(
                        lease.model().vectors(result, lease.normalize()),
                        tokens,
                        truncated,
                        lease.space(),
                        new Timings(tokenizeNanos, result.queueNanos(), result.computeNanos())));
    }

    /** A transformer computes nothing of nothing; the mean of no rows of a table is zero. */
    private static void requireTokens(List<TokenizedText> texts, EmbeddingModel model) {
        if (model.description().kind() == Kind.STATIC) {
            return;
        }
        for (int index = 0; index < texts.size(); index++) {
            if (texts.get(index).ids().length == 0) {
                throw new EmbeddingFailure.NoTokens(index);
            }
        }
    }

    private static EmbeddingFailure failure(Throwable failure) {
        if (failure instanceof EmbeddingFailure known) {
            return known;
        }
        if (failure instanceof QueueFullException full) {
            return new EmbeddingFailure.Saturated(full.retryAfter());
        }
        if (failure instanceof BatcherClosedException) {
            return new EmbeddingFailure.NoModel();
        }
        if (failure instanceof DeadlinePassedException late) {
            return new EmbeddingFailure.DeadlinePassed(late.waited(), late.queuedTokens());
        }
        return new EmbeddingFailure.ComputationFailed(failure);
    }
}
