package dev.embedding.infer;

import ai.onnxruntime.OrtException;
import dev.embedding.infer.runtime.InferenceException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A session whose runs have a time limit, and which is closed only when no run is active: closing it during a run
 * crashes the process. An abandoned run is not waited for; should it return after all, the session is closed then.
 *
 * <p>A run's limit is the larger of a fixed time and ten times the expected time of its tokens, so that a slow model on
 * a slow machine is not terminated.
 */
final class SupervisedSession implements AutoCloseable {

    private static final double TIMEOUT_FACTOR = 10;
    private static final double WEIGHT_OF_NEWEST = 0.1;

    private final BatchRunner session;
    private final RunWatchdog watchdog;
    private final Duration runTimeout;
    private volatile double tokensPerNano;

    // Guarded by this.
    private int activeRuns;
    private int abandonedRuns;
    private boolean closing;
    private boolean closed;
    private boolean ranSinceRelease;
    private long lastRunNanos;

    SupervisedSession(BatchRunner session, RunWatchdog watchdog, Duration runTimeout) {
        this.session = session;
        this.watchdog = watchdog;
        this.runTimeout = runTimeout;
    }

    int dimension() {
        return session.dimension();
    }

    /**
     * Runs one batch.
     *
     * @param onAbandoned called when the run is abandoned, while it has not returned
     * @return null when the session is closed
     * @throws InferenceException when the run took too long, or returned too few vectors
     */
    @Nullable
    TokenVectors tryRun(TokenBatch batch, Workspace workspace, Runnable onAbandoned) throws OrtException {
        if (!enter()) {
            return null;
        }
        RunTermination termination = new RunTermination();
        long start = watchdog.now();
        RunWatchdog.Watched run = watchdog.begin(limitNanos(batch), termination, () -> {
            onAbandoned.run();
            markAbandoned();
        });
        try {
            TokenVectors vectors = session.run(batch, workspace, termination);
            long nanos = watchdog.now() - start;
            if (run.end()) {
                throw new InferenceException("The model's run had been abandoned", null);
            }
            requireComplete(batch, vectors);
            recordSpeed(batch.paddedTokens(), nanos);
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
     * Returns the memory that runs took beyond the weights to the system, when none was active for the given time.
     *
     * @return false where there was nothing to do
     */
    boolean giveBackWhenIdle(Duration idle) throws OrtException {
        if (!enterWhenIdle(idle)) {
            return false;
        }
        RunTermination termination = new RunTermination();
        RunWatchdog.Watched run = watchdog.begin(runTimeout.toNanos(), termination, this::markAbandoned);
        try {
            session.giveBack(termination);
            return true;
        } finally {
            leave(run.end());
        }
    }

    /**
     * The larger of the fixed limit and {@value #TIMEOUT_FACTOR} times the tokens' expected time; without a measurement
     * the fixed limit.
     */
    private long limitNanos(TokenBatch batch) {
        double rate = tokensPerNano;
        long expected = rate == 0 ? 0 : (long) (TIMEOUT_FACTOR * batch.paddedTokens() / rate);
        return Math.max(runTimeout.toNanos(), expected);
    }

    /** Updates the moving average; concurrent runs may overwrite each other's update, which is harmless. */
    private void recordSpeed(int tokens, long nanos) {
        double newest = (double) tokens / Math.max(1, nanos);
        double before = tokensPerNano;
        tokensPerNano = before == 0 ? newest : before + WEIGHT_OF_NEWEST * (newest - before);
    }

    private static void requireComplete(TokenBatch batch, TokenVectors vectors) {
        long expected = (long) batch.rows().size() * vectors.vectorsOfRow() * vectors.dimension();
        boolean fits = vectors.vectorsOfRow() == 1 || vectors.vectorsOfRow() == batch.longest();
        if (!fits || vectors.values().limit() < expected) {
            throw new InferenceException(
                    "The model returned " + vectors.values().limit() + " numbers for "
                            + batch.rows().size() + " texts of up to " + batch.longest() + " tokens",
                    null);
        }
    }

    /** Whether an abandoned run has not returned. */
    synchronized boolean hasAbandonedRun() {
        return abandonedRuns > 0;
    }

    private synchronized boolean enter() {
        if (closing) {
            return false;
        }
        activeRuns++;
        ranSinceRelease = true;
        return true;
    }

    private synchronized boolean enterWhenIdle(Duration idle) {
        boolean isIdle = activeRuns == 0 && watchdog.now() - lastRunNanos >= idle.toNanos();
        if (closing || !isIdle || !ranSinceRelease) {
            return false;
        }
        activeRuns++;
        ranSinceRelease = false;
        return true;
    }

    private synchronized void markAbandoned() {
        abandonedRuns++;
        notifyAll();
    }

    private synchronized void leave(boolean wasAbandoned) {
        activeRuns--;
        lastRunNanos = watchdog.now();
        if (wasAbandoned) {
            abandonedRuns--;
        }
        notifyAll();
        if (closing && activeRuns == 0) {
            closeOnce();
        }
    }

    /** Waits for the active runs. A session with an abandoned run stays open until that returns, if ever. */
    @Override
    public synchronized void close() {
        closing = true;
        boolean interrupted = false;
        while (activeRuns > abandonedRuns) {
            try {
                wait();
            } catch (InterruptedException interruption) {
                interrupted = true; // An active run must be waited for; the watchdog bounds how long.
            }
        }
        if (activeRuns == 0) {
            closeOnce(); // INVARIANT: no run is active, and none can start any more.
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
