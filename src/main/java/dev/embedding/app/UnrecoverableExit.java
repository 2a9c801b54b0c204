package dev.embedding.app;

import dev.embedding.reload.SettingsFollower;
import dev.embedding.support.DaemonThreads;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import org.jboss.logging.Logger;

/**
 * Ends a process in which too many runs of the engine hang: completes the requests that can be completed, logs the
 * reason in the last line, and halts. Shutdown hooks would free what hung runs use, which crashes the process; its
 * supervisor starts another.
 */
public final class UnrecoverableExit {

    /** {@code EX_SOFTWARE} of sysexits.h. */
    static final int EXIT_CODE = 70;

    /** Time for closing a session, and for a model that is being loaded. */
    private static final Duration CLOSING_TIME = Duration.ofSeconds(5);

    private static final Logger LOG = Logger.getLogger(UnrecoverableExit.class);

    private final SettingsFollower follower;
    private final Duration drainTimeout;
    private final IntConsumer halt;
    private final AtomicBoolean begun = new AtomicBoolean();

    /**
     * @param drainTimeout how long to wait for accepted requests
     * @param halt ends the process at once, with an exit code
     */
    public UnrecoverableExit(SettingsFollower follower, Duration drainTimeout, IntConsumer halt) {
        this.follower = follower;
        this.drainTimeout = drainTimeout;
        this.halt = halt;
    }

    /** Begins the exit on its own thread; further calls have no effect. */
    public void begin() {
        if (!begun.getAndSet(true)) {
            Thread unused = DaemonThreads.start("hopeless-exit", this::exit);
        }
    }

    /** Closing waits for runs, and another one may hang. */
    private void drain() {
        try {
            follower.stop(drainTimeout);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void exit() {
        try {
            LOG.error(
                    "Too many runs of the model hang; completing the requests that can be completed before the process ends");
            Thread drain = DaemonThreads.start("hopeless-drain", this::drain);
            drain.join(drainTimeout.plus(CLOSING_TIME).toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            LOG.fatalf(
                    "The process ends with exit code %d, because too many runs of the model hang; start it again",
                    EXIT_CODE);
            halt.accept(EXIT_CODE);
        }
    }
}
