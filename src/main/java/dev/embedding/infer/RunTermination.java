package dev.embedding.infer;

import org.jspecify.annotations.Nullable;

/**
 * Handle by which one run is terminated from outside. The request may come before the run can be stopped, or after
 * its end.
 */
public final class RunTermination {

    private @Nullable Runnable stop;
    private boolean requested;

    /** Names what stops the run from here on; it is called at once when the request has come already. */
    synchronized void canBeDoneBy(Runnable stopping) {
        stop = stopping;
        if (requested) {
            stopping.run();
        }
    }

    /** The run is over: what would stop it is not called any more. */
    synchronized void isOver() {
        stop = null;
    }

    /** Asks the run to stop; nothing happens when it is over, or cannot be stopped. */
    synchronized void request() {
        requested = true;
        if (stop != null) {
            stop.run();
        }
    }

    synchronized boolean isRequested() {
        return requested;
    }
}
