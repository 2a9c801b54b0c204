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
import dev.embedding.serving.CallContext.End;
import dev.embedding.serving.Embeddings.Timings;
import dev.embedding.serving.cache.CacheLookup;
import dev.embedding.serving.model.Input;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.serving.model.Output;
import dev.embedding.tokenize.TokenizedText;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.ArrayList;
import java.util.List;

/**
 * One request under one lease: lookup, admission, tokenizing, batches, assembling of the result. When the model is
 * replaced before a row is computed, the lease is released and a call under a new lease begins.
 *
 * <p>The request may end, for whatever reason, on any thread during any step; its {@link CallContext} notifies of the
 * end. What a step acquires is therefore passed to {@link #hold}, which releases it at the end, or at once when the
 * request has ended already: nothing is computed for a disconnected caller.
 */
@SuppressWarnings("NullAway.Init") // Each step sets the fields that the following ones read.
final class InferenceCall {

    private final InferenceService service;
    private final Lease lease;
    private final LoadedModel model;
    private final EmbeddingRequest request;
    private final CallContext context;
    private final UniEmitter<? super Embeddings> emitter;

    private String prompt;
    private OutputSpec output;
    private CacheLookup lookup;
    private MicroBatcher<TokenizedText, Output>.Admission admission;
    private long deadlineNanos;
    private long tokenizeNanos;

    /** Releases of acquired resources; guarded by itself. */
    private final List<Runnable> held = new ArrayList<>(4);

    private boolean released;

    InferenceCall(
            InferenceService service,
            Lease lease,
            EmbeddingRequest request,
            CallContext context,
            UniEmitter<? super Embeddings> emitter) {
        this.service = service;
        this.lease = lease;
        this.model = lease.model();
        this.request = request;
        this.context = context;
        this.emitter = emitter;
    }

    /** @param moved whether another model admitted the request already */
    void run(boolean moved) {
        hold(lease::release);
        context.onEnd(cause -> release());
        try {
            lookup();
            if (lookup.isComplete()) {
                output.requireUntruncated(List.of(), lookup);
                succeed(List.of(), Timings.NONE, 0);
            } else {
                List<Input> missing = lookup.missing();
                admit(missing, moved);
                tokenize(missing);
            }
        } catch (RuntimeException | Error failure) {
            failed(failure);
        }
    }

    /** Checks the request against the leased model, and looks its inputs up in the cache. */
    private void lookup() {
        prompt = prompt();
        output = OutputSpec.of(request.options(), lease);
        requireOwnTokens();
        lookup = service.cache.lookup(
                model.fingerprint(false), prompt, request.inputs(), request.cacheScope(), context::check);
    }

    private String prompt() {
        PromptChoice requested = request.options().prompt();
        PromptChoice choice = requested.equals(PromptChoice.USUAL) ? lease.promptOfName() : requested;
        return choice.of(model.description().prompts());
    }

    /** Token ids must be a complete encoding by the model's own tokenizer, and no prompt can be prepended to them. */
    private void requireOwnTokens() {
        for (int index = 0; index < request.inputs().size(); index++) {
            if (request.inputs().get(index) instanceof Input.TokenIds tokens) {
                ForeignTokenIds.reject(model.tokenizer(), tokens, index, prompt);
            }
        }
    }

    /** Reserves a place in the queue, by an estimate of the tokens, and fixes the deadline. */
    private void admit(List<Input> missing, boolean moved) {
        long estimate = model.tokenizer().estimate(prompt, missing);
        Priority priority = request.priority().of(missing.size(), estimate, request.bytes());
        deadlineNanos = context.deadlineOr(model.timeout(priority, estimate), model.timer());
        admission = moved
                ? model.batcher().admitMoved(priority, estimate)
                : model.batcher().admit(priority, estimate);
        hold(admission::release);
    }

    private void tokenize(List<Input> missing) {
        long start = System.nanoTime();
        TokenizeJob job = new TokenizeJob(
                model.tokenizer(),
                prompt,
                missing,
                service.workers.forBytes(request.bytes()),
                context,
                texts -> {
                    tokenizeNanos = System.nanoTime() - start;
                    submit(rows(texts));
                },
                this::fail);
        hold(job::releaseTexts);
        job.run();
    }

    private List<BatchRow<TokenizedText>> rows(List<TokenizedText> texts) {
        List<BatchRow<TokenizedText>> rows = new ArrayList<>(texts.size());
        for (int index = 0; index < texts.size(); index++) {
            if (!model.canCompute(texts.get(index))) {
                throw RequestFailure.unfitInput(
                        FailureKind.NO_TOKENS,
                        "Text at index " + lookup.indexOf(index) + " has nothing that the model's tokenizer keeps");
            }
            rows.add(model.row(texts.get(index), lookup.keyOf(index)));
        }
        output.requireUntruncated(texts, lookup);
        return rows;
    }

    private void submit(List<BatchRow<TokenizedText>> rows) {
        hold(admission.submit(rows, deadlineNanos).subscribe().with(this::computed, this::failed)::cancel);
    }

    private void computed(BatchResult<Output> result) {
        try {
            succeed(
                    result.values(),
                    new Timings(tokenizeNanos, result.queueNanos(), result.computeNanos()),
                    result.sharedRows());
        } catch (RuntimeException | Error failure) {
            fail(failure);
        }
    }

    private void failed(Throwable failure) {
        if (failure instanceof MovedException) {
            release();
            service.attempt(request, context, emitter, true);
        } else {
            fail(failure);
        }
    }

    private void succeed(List<Output> computed, Timings timings, int shared) {
        Embeddings embeddings = output.embeddings(lookup.with(computed), timings, lookup.counts(shared));
        context.computed(embeddings);
        if (context.end(End.DONE)) {
            emitter.complete(embeddings);
        }
    }

    private void fail(Throwable failure) {
        if (context.end(End.DONE)) {
            emitter.fail(translated(failure));
        }
    }

    /** The only translation of what the steps throw to what the caller is told. */
    private RequestFailure translated(Throwable failure) {
        if (failure instanceof RequestFailure known) {
            return known;
        }
        if (failure instanceof QueueFullException full) {
            return RequestFailure.saturated(full);
        }
        if (failure instanceof DeadlineExceededException expired) {
            return context.deadlineExceeded(expired.queuedTokens());
        }
        if (failure instanceof BatcherClosedException) {
            return RequestFailure.aborted();
        }
        return failure instanceof RowFailedException row
                ? RequestFailure.notComputed(lookup.indexOf(row.index()), row.reason())
                : RequestFailure.notComputed(failure);
    }

    /** Registers the release of an acquired resource at the end of the call. */
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
}
