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
 * request is told when it ends, whatever thread it is on at that moment. Thread-safe.
 */
public final class CallContext {

    /** Reason why a call ended. */
    public enum End {
        /** It was answered, or it failed. */
        DONE,
        /** Its caller has gone. */
        CANCELLED,
        /** Its deadline has passed. */
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

    /** A call whose headers were read now. */
    public static CallContext begin(Optional<Duration> timeout) {
        return new CallContext(System.nanoTime(), timeout.orElse(null));
    }

    /** When its headers were read, as {@link System#nanoTime} says. */
    public long startNanos() {
        return startNanos;
    }

    /** After which nobody wants its response; empty until it is known. */
    public synchronized Optional<RequestDeadline> deadline() {
        return Optional.ofNullable(timeout).map(time -> new RequestDeadline(startNanos, time));
    }

    /** From now on the call ends by itself at its deadline, where it has one. */
    public synchronized void watch(ScheduledExecutorService scheduler) {
        if (timeout != null && timer == null && end == null) {
            long left = startNanos + timeout.toNanos() - System.nanoTime();
            timer = scheduler.schedule(() -> end(End.EXPIRED), Math.max(0, left), TimeUnit.NANOSECONDS);
        }
    }

    /** Its deadline, for a caller that named none; nothing changes the second time. */
    synchronized RequestDeadline deadlineOr(Duration usual, ScheduledExecutorService scheduler) {
        if (timeout == null) {
            timeout = usual;
        }
        watch(scheduler);
        return new RequestDeadline(startNanos, timeout);
    }

    /** Ends the call; false when it was over already. */
    public boolean end(End cause) {
        List<Consumer<End>> told;
        synchronized (this) {
            if (end != null) {
                return false;
            }
            end = cause;
            if (timer != null) {
                timer.cancel(false);
            }
            told = hooks;
            hooks = List.of();
        }
        for (int index = told.size() - 1; index >= 0; index--) {
            told.get(index).accept(cause);
        }
        return true;
    }

    /** Calls the hook when the call ends, those that came later first; at once when it is over already. */
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

    public boolean isOver() {
        return end != null;
    }

    /** @throws EmbeddingFailure when the call is over, so that whoever works for it stops */
    public void check() {
        End cause = end;
        if (cause != null) {
            throw failure(cause);
        }
    }

    /** What a call that ended so is answered with, if anybody is there. */
    public EmbeddingFailure failure(End cause) {
        return cause == End.EXPIRED ? deadline().orElseThrow().passed(0) : new EmbeddingFailure.Cancelled();
    }
}
