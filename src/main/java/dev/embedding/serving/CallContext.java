package dev.embedding.serving;

import dev.embedding.serving.cache.CacheCounts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Deadline and cancellation of one request, from the moment its headers are read to its response. Every step of the
 * request is notified when it ends, whatever thread the step runs on. Thread-safe.
 */
public final class CallContext {

    /** Cause of a call's end. */
    public enum End {
        /** It was completed, with vectors or a failure. */
        DONE,
        /** Its caller disconnected. */
        CANCELLED,
        /** Its deadline has expired. */
        EXPIRED
    }

    private final String dialect;
    private final long startNanos;
    private @Nullable Duration timeout;
    private @Nullable Future<?> timer;
    private volatile @Nullable End end;
    private volatile Optional<String> modelId = Optional.empty();
    private volatile Optional<String> space = Optional.empty();
    private boolean recorded;
    private @Nullable Computed computed;
    private List<Consumer<End>> hooks = new ArrayList<>(4);

    private CallContext(String dialect, long startNanos, @Nullable Duration timeout) {
        this.dialect = dialect;
        this.startNanos = startNanos;
        this.timeout = timeout;
    }

    /**
     * Starts a call whose headers were read now.
     *
     * @param dialect name of the API dialect
     */
    public static CallContext begin(String dialect, Optional<Duration> timeout) {
        return new CallContext(dialect, System.nanoTime(), timeout.orElse(null));
    }

    String dialect() {
        return dialect;
    }

    /** Time since its headers were read. */
    public long nanos() {
        return System.nanoTime() - startNanos;
    }

    /** Time to its deadline in milliseconds, zero or less once it has passed; the largest number until it is known. */
    public synchronized long millisLeft() {
        return timeout == null ? Long.MAX_VALUE : TimeUnit.NANOSECONDS.toMillis(timeout.toNanos() - nanos() + 999_999);
    }

    /** Schedules the end of the call at its deadline, where it has one. */
    public synchronized void watch(ScheduledExecutorService scheduler) {
        if (timeout != null && timer == null && end == null) {
            long remaining = timeout.toNanos() - nanos();
            timer = scheduler.schedule(() -> end(End.EXPIRED), Math.max(0, remaining), TimeUnit.NANOSECONDS);
        }
    }

    /**
     * The deadline by {@link System#nanoTime}, set to a default when the caller gave none; later calls do not change
     * it.
     */
    synchronized long deadlineOr(Duration defaultTimeout, ScheduledExecutorService scheduler) {
        if (timeout == null) {
            timeout = defaultTimeout;
        }
        watch(scheduler);
        return startNanos + timeout.toNanos();
    }

    /** Ends the call; false when it has ended already. */
    public boolean end(End cause) {
        List<Consumer<End>> notified;
        synchronized (this) {
            if (end != null) {
                return false;
            }
            end = cause;
            if (timer != null) {
                timer.cancel(false);
            }
            notified = hooks;
            hooks = List.of();
        }
        for (int index = notified.size() - 1; index >= 0; index--) {
            notified.get(index).accept(cause);
        }
        return true;
    }

    /** Registers a hook for the end of the call; hooks run in reverse order, at once when the call has ended. */
    public void onEnd(Consumer<End> hook) {
        End cause;
        synchronized (this) {
            cause = end;
            if (cause == null) {
                hooks.add(hook);
                return;
            }
        }
        hook.accept(cause);
    }

    public boolean isEnded() {
        return end != null;
    }

    /** @throws RequestFailure when the call has ended, so that its work stops */
    public void check() {
        End cause = end;
        if (cause != null) {
            throw cause == End.EXPIRED ? deadlineExceeded(0) : RequestFailure.cancelled();
        }
    }

    /**
     * The failure for a caller whose deadline has expired.
     *
     * @param queuedTokens tokens that wait to be computed now
     */
    public synchronized RequestFailure deadlineExceeded(long queuedTokens) {
        Duration allowed = timeout == null ? Duration.ZERO : timeout;
        return RequestFailure.of(
                FailureKind.DEADLINE_EXCEEDED,
                "The request was not completed within its " + allowed.toMillis() + " ms: it waited "
                        + TimeUnit.NANOSECONDS.toMillis(nanos()) + " ms, and " + queuedTokens
                        + " tokens are in the queue. Send less at once, or allow more time with"
                        + " X-Request-Timeout-Ms.");
    }

    /** Notes the id of the model on which the call has got a lease, for the meters. */
    void leased(String id) {
        modelId = Optional.of(id);
    }

    /** Notes the vector space that the model of the call serves, whether it gets a lease or not. */
    void served(Optional<String> fingerprint) {
        space = fingerprint;
    }

    /** Fingerprint of the model that the call names; empty as long as that is unknown. */
    public Optional<String> space() {
        return space;
    }

    /** Id of the model of its last lease; empty for a call that reached none. */
    Optional<String> modelId() {
        return modelId;
    }

    /**
     * Counts of a result, for the meters; the result itself is not kept.
     *
     * @param queueNanos until the first batch was formed
     */
    record Computed(int texts, long queueNanos, CacheCounts sources) {}

    /** Notes what was computed for the call, before it ends. */
    synchronized void computed(Embeddings embeddings) {
        computed =
                new Computed(embeddings.vectors().size(), embeddings.timings().queueNanos(), embeddings.sources());
    }

    /** What was computed; empty for a call that failed. */
    synchronized Optional<Computed> computed() {
        return Optional.ofNullable(computed);
    }

    /** Marks the end of the call as recorded; false when it was before. */
    synchronized boolean record() {
        boolean first = !recorded;
        recorded = true;
        return first;
    }
}
