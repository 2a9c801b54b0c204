package dev.embedding.infer;

import ai.onnxruntime.OrtException;
import dev.embedding.infer.runtime.InferenceException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A session whose runs have a time limit, and which is closed only when no run is inside: closing it under a run crashes
 * the process. A run that was given up is not waited for; should it return after all, the session is closed then.
 *
 * <p>The limit of a run is the larger of a fixed time and ten times what its tokens took until now, so that a slow model
 * on a slow machine is left alone.
 */
final class SupervisedSession implements AutoCloseable {

    private static final double PATIENCE = 10;
    private static final double WEIGHT_OF_NEWEST = 0.1;

    private final BatchRunner session;
    private final RunWatchdog watch;
    private final Duration runTimeout;
    private volatile double tokensPerNano;

    // Guarded by this.
    private int inside;
    private int abandoned;
    private boolean closing;
    private boolean closed;
    private boolean ranSinceGivenBack;
    private long lastRunNanos;

    SupervisedSession(BatchRunner session, RunWatchdog watch, Duration runTimeout) {
        this.session = session;
        this.watch = watch;
        this.runTimeout = runTimeout;
    }

    int dimension() {
        return session.dimension();
    }

    /**
     * Runs one batch.
     *
     * @param onAbandoned called while the run has not returned, when it is not waited for any more
     * @return null when the session is closed
     * @throws InferenceException when the run took too long, or gave less than was requested
     */
    @Nullable
    TokenVectors tryRun(TokenBatch batch, Workspace workspace, Runnable onAbandoned) throws OrtException {
        if (!enter()) {
            return null;
        }
        RunTermination termination = new RunTermination();
        long start = watch.now();
        RunWatchdog.Watched run = watch.begin(limitNanos(batch), termination, () -> {
            onAbandoned.run();
            leaveBehind();
        });
        try {
            TokenVectors vectors = session.run(batch, workspace, termination);
            long nanos = watch.now() - start;
            if (run.end()) {
                throw new InferenceException("The model's run was abandoned", null);
            }
            requireComplete(batch, vectors);
            measured(batch.paddedTokens(), nanos);
            return vectors;
        } catch (OrtException failure) {
            if (termination.isRequested()) {
                throw new InferenceException("The model's run took too long and was terminated", failure);
            }
            throw failure;
        } finally {
            leave(run.end());
        }
    }

    /**
     * Gives back the memory that runs took beyond the weights, when none was inside for as long.
     *
     * @return false where there was nothing to do
     */
    boolean giveBackWhenIdle(Duration idle) throws OrtException {
        if (!enterWhenIdle(idle)) {
            return false;
        }
        RunTermination termination = new RunTermination();
        RunWatchdog.Watched run = watch.begin(runTimeout.toNanos(), termination, this::leaveBehind);
        try {
            session.giveBack(termination);
            return true;
        } finally {
            leave(run.end());
        }
    }

    /** The larger of the fixed limit and {@value #PATIENCE} times the tokens' time; without a measurement the first. */
    private long limitNanos(TokenBatch batch) {
        double rate = tokensPerNano;
        long expected = rate == 0 ? 0 : (long) (PATIENCE * batch.paddedTokens() / rate);
        return Math.max(runTimeout.toNanos(), expected);
    }

    /** Concurrent runs may overwrite each other's share of the average. */
    private void measured(int tokens, long nanos) {
        double newest = (double) tokens / Math.max(1, nanos);
        double before = tokensPerNano;
        tokensPerNano = before == 0 ? newest : before + WEIGHT_OF_NEWEST * (newest - before);
    }

    private static void requireComplete(TokenBatch batch, TokenVectors vectors) {
        long wanted = (long) batch.rows().size() * vectors.vectorsOfRow() * vectors.dimension();
        boolean fits = vectors.vectorsOfRow() == 1 || vectors.vectorsOfRow() == batch.longest();
        if (!fits || vectors.values().limit() < wanted) {
            throw new InferenceException(
                    "The model gave " + vectors.values().limit() + " numbers for "
                            + batch.rows().size() + " texts of up to " + batch.longest() + " tokens",
                    null);
        }
    }

    /** Whether a run inside was given up. */
    synchronized boolean hasLostARun() {
        return abandoned > 0;
    }

    private synchronized boolean enter() {
        if (closing) {
            return false;
        }
        inside++;
        ranSinceGivenBack = true;
        return true;
    }

    private synchronized boolean enterWhenIdle(Duration idle) {
        boolean isIdle = inside == 0 && watch.now() - lastRunNanos >= idle.toNanos();
        if (closing || !isIdle || !ranSinceGivenBack) {
            return false;
        }
        inside++;
        ranSinceGivenBack = false;
        return true;
    }

    private synchronized void leaveBehind() {
        abandoned++;
        notifyAll();
    }

    private synchronized void leave(boolean wasGivenUp) {
        inside--;
        lastRunNanos = watch.now();
        if (wasGivenUp) {
            abandoned--;
        }
        notifyAll();
        if (closing && inside == 0) {
            closeOnce();
        }
    }

    /** Waits for the runs inside. A session with a run that was given up stays open until that returns, if ever. */
    @Override
    public synchronized void close() {
        closing = true;
        boolean interrupted = false;
        while (inside > abandoned) {
            try {
                wait();
            } catch (InterruptedException later) {
                interrupted = true; // A run must be waited for whatever happens; the watch bounds how long.
            }
        }
        if (inside == 0) {
            closeOnce(); // INVARIANT: no run is inside, and none enters any more.
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeOnce() {
        if (!closed) {
            closed = true;
            session.close();
        }
    }
}
