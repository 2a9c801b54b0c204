package dev.embedding.app;

import dev.embedding.http.edge.OpenExchanges;
import dev.embedding.reload.SettingsFollower;
import dev.embedding.serving.ModelRegistry;
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
 * Shuts the service down, in order: not ready but serving, for {@code EMBEDDING_SHUTDOWN_DELAY}; then draining, where
 * new embedding requests are rejected, those that cannot be computed in time are aborted at once, and the others are
 * completed; then everything is closed. Draining and closing together end after {@code EMBEDDING_SHUTDOWN_TIMEOUT}, if
 * necessary by force.
 */
@Singleton
public class ShutdownSequence {

    private static final Logger LOG = Logger.getLogger("dev.embedding");

    /** Exit code of a JVM that SIGTERM ended. */
    private static final int TERMINATED = 143;

    private static final Duration MAX_CLOSING = Duration.ofSeconds(2);

    private final Duration delay;
    private final Duration timeout;
    private final Duration closing;
    private final ModelRegistry models;
    private final SettingsFollower follower;
    private final ModelHost host;
    private final OpenExchanges exchanges;
    private long deadlineNanos;

    ShutdownSequence(
            ShutdownConfig config,
            ModelRegistry models,
            SettingsFollower follower,
            ModelHost host,
            OpenExchanges exchanges) {
        this.delay = config.shutdownDelay();
        this.timeout = config.shutdownTimeout();
        Duration quarter = timeout.dividedBy(4);
        this.closing = quarter.compareTo(MAX_CLOSING) < 0 ? quarter : MAX_CLOSING;
        this.models = models;
        this.follower = follower;
        this.host = host;
        this.exchanges = exchanges;
    }

    /** Runs before anything is closed; the shutdown continues when it returns. */
    void onShutdown(@Observes ShutdownDelayInitiatedEvent event) {
        try {
            exchanges.beginShutdown();
            if (!delay.isZero()) {
                LOG.infof("No longer ready; draining begins in %d ms", delay.toMillis());
                TimeUnit.NANOSECONDS.sleep(delay.toNanos());
            }
            drain();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void drain() throws InterruptedException {
        deadlineNanos = System.nanoTime() + timeout.toNanos();
        exchanges.beginDraining();
        haltAtDeadline();
        follower.stopFollowing();
        Duration drainTimeout = timeout.minus(closing);
        models.served().forEach(model -> abortBeyond(model, drainTimeout));
        if (!exchanges.awaitNone(drainTimeout.toNanos())) {
            // Expected to be computed by now, but is not.
            models.served().forEach(LoadedModel::giveUp);
            exchanges.announceClosing();
            if (!exchanges.awaitNone(closing.toNanos() / 2)) {
                LOG.warn("Connections are closed before their requests are completed");
            }
        }
    }

    private static void abortBeyond(LoadedModel model, Duration time) {
        int aborted = model.abortBeyond(time);
        if (aborted > 0) {
            LOG.warnf("%d requests are aborted, which cannot be completed in time", aborted);
        }
    }

    /** Time left until the process is ended by force; before draining, the whole timeout. */
    Duration timeLeft() {
        return exchanges.areDraining() ? Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime())) : timeout;
    }

    /** A computation that hangs would keep the process alive. */
    private void haltAtDeadline() {
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
