package dev.embedding.serving;

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

    private final long startNanos;
    private @Nullable Duration timeout;
    private @Nullable Future<?> timer;
    private volatile @Nullable End end;
    private List<Consumer<End>> hooks = new ArrayList<>(4);

    private CallContext(long startNanos, @Nullable Duration timeout) {
        this.startNanos = startNanos;
        this.timeout = timeout;
    }

    /** Starts a call whose headers were read now. */
    public static CallContext begin(Optional<Duration> timeout) {
        return new CallContext(System.nanoTime(), timeout.orElse(null));
    }

    /** Time at which its headers were read, by {@link System#nanoTime}. */
    public long startNanos() {
        return startNanos;
    }

    /** Deadline of the call; empty until it is known. */
    public synchronized Optional<RequestDeadline> deadline() {
        return Optional.ofNullable(timeout).map(time -> new RequestDeadline(startNanos, time));
    }

    /** Schedules the end of the call at its deadline, where it has one. */
    public synchronized void watch(ScheduledExecutorService scheduler) {
        if (timeout != null && timer == null && end == null) {
            long remaining = startNanos + timeout.toNanos() - System.nanoTime();
            timer = scheduler.schedule(() -> end(End.EXPIRED), Math.max(0, remaining), TimeUnit.NANOSECONDS);
        }
    }

    /** The deadline, set to a default when the caller gave none; later calls do not change it. */
    synchronized RequestDeadline deadlineOr(Duration defaultTimeout, ScheduledExecutorService scheduler) {
        if (timeout == null) {
            timeout = defaultTimeout;
        }
        watch(scheduler);
        return new RequestDeadline(startNanos, timeout);
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

    /** @throws EmbeddingFailure when the call has ended, so that its work stops */
    public void check() {
        End cause = end;
        if (cause != null) {
            throw failure(cause);
        }
    }

    /** The failure for a call that ended with this cause. */
    public EmbeddingFailure failure(End cause) {
        return cause == End.EXPIRED ? deadline().orElseThrow().passed(0) : new EmbeddingFailure.Cancelled();
    }
}
