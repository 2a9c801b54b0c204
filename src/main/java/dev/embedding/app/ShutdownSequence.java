package dev.embedding.app;

import dev.embedding.http.edge.OpenExchanges;
import dev.embedding.reload.SettingsFollower;
import dev.embedding.serving.ActiveModel;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.serving.model.ModelHost;
import dev.embedding.support.DaemonThreads;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Shutdown of the service, in order: not ready but serving, for {@code EMBEDDING_SHUTDOWN_DELAY}; then draining,
 * where new embedding requests are refused, what cannot be computed in time is aborted at once, and the rest is
 * completed; then everything is closed. Draining and closing together end after {@code EMBEDDING_SHUTDOWN_TIMEOUT},
 * if need be by force.
 */
@Singleton
public class ShutdownSequence {

    private static final Logger LOG = Logger.getLogger("dev.embedding");

    /** What the JVM itself answers to SIGTERM. */
    private static final int TERMINATED = 143;

    private static final Duration LONGEST_CLOSING = Duration.ofSeconds(2);

    private final Duration delay;
    private final Duration timeout;
    private final Duration closing;
    private final ActiveModel active;
    private final SettingsFollower follower;
    private final ModelHost host;
    private final OpenExchanges exchanges;
    private long deadlineNanos;

    ShutdownSequence(
            ShutdownConfig config,
            ActiveModel active,
            SettingsFollower follower,
            ModelHost host,
            OpenExchanges exchanges) {
        this.delay = config.shutdownDelay();
        this.timeout = config.shutdownTimeout();
        Duration quarter = timeout.dividedBy(4);
        this.closing = quarter.compareTo(LONGEST_CLOSING) < 0 ? quarter : LONGEST_CLOSING;
        this.active = active;
        this.follower = follower;
        this.host = host;
        this.exchanges = exchanges;
    }

    /** Comes before anything is closed; returning goes on with the end. */
    void onShutdown(@Observes ShutdownDelayInitiatedEvent asked) {
        try {
            exchanges.end();
            if (!delay.isZero()) {
                LOG.infof("Not ready any more; draining starts in %d ms", delay.toMillis());
                TimeUnit.NANOSECONDS.sleep(delay.toNanos());
            }
            drain();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void drain() throws InterruptedException {
        deadlineNanos = System.nanoTime() + timeout.toNanos();
        exchanges.drain();
        endByForceAtTheDeadline();
        follower.stopFollowing();
        Duration patience = timeout.minus(closing);
        active.model().ifPresent(model -> abortBeyond(model, patience));
        if (!exchanges.awaitNone(patience.toNanos())) {
            // What was expected to be computed by now, and is not.
            active.model().ifPresent(LoadedModel::giveUp);
            exchanges.lastCall();
            if (!exchanges.awaitNone(closing.toNanos() / 2)) {
                LOG.warn("Connections are closed with requests still open");
            }
        }
    }

    private static void abortBeyond(LoadedModel model, Duration time) {
        int givenUp = model.abortBeyond(time);
        if (givenUp > 0) {
            LOG.warnf("%d requests are aborted because they cannot be completed in time", givenUp);
        }
    }

    /** What is left of the time in which the process ends. */
    Duration timeLeft() {
        return exchanges.areDraining() ? Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime())) : timeout;
    }

    /** A computation that hangs would keep the process for good. */
    private void endByForceAtTheDeadline() {
        Thread unused = DaemonThreads.start("end-of-process", () -> {
            try {
                TimeUnit.NANOSECONDS.sleep(deadlineNanos - System.nanoTime());
                System.err.println("The service did not end in " + timeout.toMillis() + " ms; it is ended now");
                host.endProcess(TERMINATED);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        });
    }
}
