package dev.embedding.infer;

import org.jspecify.annotations.Nullable;

/** A request, from another thread, that one run stops. It may come before the run can be stopped, or after its end. */
public final class RunTermination {

    private @Nullable Runnable stop;
    private boolean requested;

    /** Sets the action that stops the run from now on; it is called at once when the request has already come. */
    synchronized void onRequest(Runnable action) {
        stop = action;
        if (requested) {
            action.run();
        }
    }

    /** Marks the run as ended: the action that stops it is not called any more. */
    synchronized void runEnded() {
        stop = null;
    }

    /** Requests that the run stops; nothing happens when it has ended, or cannot be stopped. */
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
