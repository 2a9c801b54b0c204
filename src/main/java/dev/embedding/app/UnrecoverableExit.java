package dev.embedding.app;

import dev.embedding.reload.SettingsFollower;
import dev.embedding.support.DaemonThreads;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import org.jboss.logging.Logger;

/**
 * Ends a process in which too many runs of the engine hang: completes the requests that can be completed, logs the
 * reason in the last line, and exits. Shutdown hooks would free what hung runs use, which crashes the process;
 * whoever supervises it starts another.
 */
public final class UnrecoverableExit {

    /** {@code EX_SOFTWARE} of sysexits.h. */
    static final int EXIT_CODE = 70;

    /** For what is not requests: closing a session, and a model that is being loaded. */
    private static final Duration FOR_THE_REST = Duration.ofSeconds(5);

    private static final Logger LOG = Logger.getLogger(UnrecoverableExit.class);

    private final SettingsFollower follower;
    private final Duration patience;
    private final IntConsumer halt;
    private final AtomicBoolean begun = new AtomicBoolean();

    /**
     * @param patience how long accepted requests are waited for
     * @param halt ends the process at once, with an exit code
     */
    public UnrecoverableExit(SettingsFollower follower, Duration patience, IntConsumer halt) {
        this.follower = follower;
        this.patience = patience;
        this.halt = halt;
    }

    /** Begins it on a thread of its own; nothing happens the second time. */
    public void begin() {
        if (!begun.getAndSet(true)) {
            Thread unused = DaemonThreads.start("hopeless-exit", this::exit);
        }
    }

    /** Closing waits for runs, and another one may hang. */
    private void drain() {
        try {
            follower.stop(patience);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void exit() {
        try {
            LOG.error(
                    "Too many runs of the model hang; completing the requests that can be completed before the process exits");
            Thread drain = DaemonThreads.start("hopeless-drain", this::drain);
            drain.join(patience.plus(FOR_THE_REST).toMillis());
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
