package dev.embedding.serving;

import dev.embedding.batch.BatchResult;
import dev.embedding.batch.BatchRow;
import dev.embedding.batch.BatcherClosedException;
import dev.embedding.batch.DeadlineExceededException;
import dev.embedding.batch.MicroBatcher;
import dev.embedding.batch.MovedException;
import dev.embedding.batch.QueueFullException;
import dev.embedding.batch.RowFailedException;
import dev.embedding.batch.admission.Priority;
import dev.embedding.serving.ActiveModel.Lease;
import dev.embedding.serving.CallContext.End;
import dev.embedding.serving.Embeddings.Timings;
import dev.embedding.serving.cache.CacheLookup;
import dev.embedding.serving.cache.VectorCache;
import dev.embedding.serving.model.Input;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.serving.model.Output;
import dev.embedding.support.WorkerPools;
import dev.embedding.tokenize.TokenizedText;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.ArrayList;
import java.util.List;

/**
 * Executes one request: lease, cache lookup, admission, tokenizing, batches, result.
 *
 * <p>The request may end, for whatever reason, on any thread during any step; its {@link CallContext} notifies of the
 * end. What a step acquires is therefore passed to {@link Attempt#hold}, which releases it at the end, or at once when
 * the request has ended already: nothing is computed for a disconnected caller.
 */
final class InferenceCall {

    private final ActiveModel active;
    private final WorkerPools workers;
    private final VectorCache cache;
    private final EmbeddingRequest request;
    private final CallContext context;
    private final UniEmitter<? super Embeddings> emitter;

    InferenceCall(
            ActiveModel active,
            WorkerPools workers,
            VectorCache cache,
            EmbeddingRequest request,
            CallContext context,
            UniEmitter<? super Embeddings> emitter) {
        this.active = active;
        this.workers = workers;
        this.cache = cache;
        this.request = request;
        this.context = context;
        this.emitter = emitter;
    }

    void begin() {
        context.onEnd(this::ended);
        attempt(false);
    }

    /** A disconnected caller gets no failure. */
    private void ended(End cause) {
        if (cause == End.EXPIRED) {
            emitter.fail(context.deadline()
                    .orElseThrow()
                    .passed(active.model().map(LoadedModel::queuedTokens).orElse(0L)));
        }
    }

    /** @param moved whether another model admitted the request and was replaced before it started it */
    private void attempt(boolean moved) {
        try {
            new Attempt(active.lease().orElseThrow(EmbeddingFailure.NoModel::new)).run(moved);
        } catch (RuntimeException | Error failure) {
            fail(failure);
        }
    }

    private void succeed(Embeddings embeddings) {
        if (context.end(End.DONE)) {
            emitter.complete(embeddings);
        }
    }

    private void fail(Throwable failure) {
        if (context.end(End.DONE)) {
            emitter.fail(toFailure(failure));
        }
    }

    private EmbeddingFailure toFailure(Throwable failure) {
        if (failure instanceof EmbeddingFailure known) {
            return known;
        }
        if (failure instanceof QueueFullException full) {
            return EmbeddingFailure.Saturated.of(full);
        }
        if (failure instanceof DeadlineExceededException expired) {
            return context.deadline().orElseThrow().passed(expired.queuedTokens());
        }
        if (failure instanceof BatcherClosedException) {
            return new EmbeddingFailure.Aborted();
        }
        return new EmbeddingFailure.ComputationFailed(failure);
    }

    /** Steps of the request under one lease. */
    private final class Attempt {
        private final Lease lease;
        private final LoadedModel model;
        private final List<Runnable> held = new ArrayList<>(4);
        private boolean released;

        Attempt(Lease lease) {
            this.lease = lease;
            this.model = lease.model();
            hold(lease::release);
            context.onEnd(cause -> release());
        }

        /** Registers the release of an acquired resource at the end of the attempt. */
        private void hold(Runnable release) {
            synchronized (held) {
                if (!released) {
                    held.add(release);
                    return;
                }
            }
            release.run();
        }

        private void release() {
            List<Runnable> all;
            synchronized (held) {
                released = true;
                all = List.copyOf(held);
                held.clear();
            }
            for (int index = all.size() - 1; index >= 0; index--) {
                all.get(index).run();
            }
        }

        void run(boolean moved) {
            requireSpace();
            String prompt = prompt();
            OutputSpec output = OutputSpec.of(request.options(), lease);
            requireOwnTokens(prompt);
            CacheLookup lookup =
                    cache.lookup(model.fingerprint(false), prompt, request.inputs(), request.cache(), context::check);
            if (lookup.isComplete()) {
                output.requireUntruncated(List.of(), lookup);
                succeed(output.embeddings(lookup.with(List.of()), Timings.NONE, lookup.counts(0)));
                return;
            }
            List<Input> missing = lookup.missing();
            long estimate = model.tokenizer().estimate(prompt, missing);
            Priority priority = request.priority().of(missing.size(), estimate, request.bytes());
            RequestDeadline deadline = context.deadlineOr(model.timeout(priority, estimate), model.timer());
            MicroBatcher<TokenizedText, Output>.Admission admission = moved
                    ? model.batcher().admitMoved(priority, estimate)
                    : model.batcher().admit(priority, estimate);
            hold(admission::release);
            long start = System.nanoTime();
            TokenizeJob job = new TokenizeJob(
                    model,
                    prompt,
                    missing,
                    workers.forBytes(request.bytes()),
                    context,
                    tokenized -> submit(
                            rows(tokenized, prompt, lookup, output),
                            admission,
                            deadline,
                            lookup,
                            output,
                            System.nanoTime() - start),
                    InferenceCall.this::fail);
            hold(job::releaseTexts);
            job.run();
        }

        /**
         * Token ids must be a complete encoding by the model's own tokenizer, and no prompt can be prepended to them.
         */
        private void requireOwnTokens(String prompt) {
            for (int index = 0; index < request.inputs().size(); index++) {
                if (request.inputs().get(index) instanceof Input.TokenIds tokens) {
                    if (!model.tokenizer().addsSpecialTokens()) {
                        throw EmbeddingFailure.ForeignTokenIds.unmarked();
                    }
                    if (!model.tokenizer().isEncoding(tokens.ids())) {
                        throw EmbeddingFailure.ForeignTokenIds.ofAnotherTokenizer(index);
                    }
                    if (!prompt.isEmpty()) {
                        throw EmbeddingFailure.ForeignTokenIds.withoutPrompt();
                    }
                }
            }
        }

        private void requireSpace() {
            String served = lease.fingerprint();
            request.requiredSpace().filter(required -> !required.equals(served)).ifPresent(required -> {
                throw new EmbeddingFailure.SpaceMismatch(required, served);
            });
        }

        private String prompt() {
            EmbeddingOptions options = request.options();
            PromptChoice promptOfName = options.model()
                    .map(name -> lease.names()
                            .promptOf(name)
                            .orElseThrow(() -> new EmbeddingFailure.UnknownModel(name, lease.names())))
                    .orElse(PromptChoice.USUAL);
            PromptChoice prompt = options.prompt().equals(PromptChoice.USUAL) ? promptOfName : options.prompt();
            return prompt.of(model.description().prompts());
        }

        private List<BatchRow<TokenizedText>> rows(
                List<TokenizedText> texts, String prompt, CacheLookup lookup, OutputSpec output) {
            requireTokens(texts, lookup);
            output.requireUntruncated(texts, lookup);
            List<BatchRow<TokenizedText>> rows = new ArrayList<>(texts.size());
            for (TokenizedText text : texts) {
                rows.add(model.row(text, lookup.keyOf(rows.size())));
            }
            return rows;
        }

        private void requireTokens(List<TokenizedText> texts, CacheLookup lookup) {
            for (int index = 0; index < texts.size(); index++) {
                if (!model.canCompute(texts.get(index))) {
                    throw new EmbeddingFailure.NoTokens(lookup.indexOf(index));
                }
            }
        }

        private void submit(
                List<BatchRow<TokenizedText>> rows,
                MicroBatcher<TokenizedText, Output>.Admission admission,
                RequestDeadline deadline,
                CacheLookup lookup,
                OutputSpec output,
                long tokenizeNanos) {
            hold(
                    admission
                            .submit(rows, deadline.nanos())
                            .subscribe()
                            .with(
                                    result -> computed(result, lookup, output, tokenizeNanos),
                                    failure -> failed(failure, lookup))::cancel);
        }

        private void computed(BatchResult<Output> result, CacheLookup lookup, OutputSpec output, long tokenizeNanos) {
            try {
                succeed(output.embeddings(
                        lookup.with(result.values()),
                        new Timings(tokenizeNanos, result.queueNanos(), result.computeNanos()),
                        lookup.counts(result.sharedRows())));
            } catch (RuntimeException | Error failure) {
                fail(failure);
            }
        }

        private void failed(Throwable failure, CacheLookup lookup) {
            if (failure instanceof MovedException) {
                release();
                attempt(true);
            } else if (failure instanceof RowFailedException row) {
                fail(new EmbeddingFailure.ComputationFailed(lookup.indexOf(row.index()), row.reason()));
            } else {
                fail(failure);
            }
        }
    }
}
