package dev.embedding.reload;

import dev.embedding.settings.SettingsStore;
import dev.embedding.settings.StoreUnavailableException;
import dev.embedding.settings.StoredRow;
import dev.embedding.support.DaemonThreads;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A store of settings that is read again and again, on a thread of its own, so that a long load never delays it. Of
 * what was read only the newest is kept; what was read before a write is forgotten, since it would undo it.
 */
final class StorePoller {

    private static final Logger LOG = Logger.getLogger(StorePoller.class);
    private static final Duration START_PATIENCE = Duration.ofSeconds(5);
    private static final Duration START_PAUSE = Duration.ofMillis(250);
    private static final Duration STATUS_INTERVAL = Duration.ofMinutes(1);
    private static final double LEAST_OF_INTERVAL = 0.8;

    private final SettingsStore store;
    private final StatusReport report;
    private final Duration interval;
    private final ScheduledThreadPoolExecutor thread = DaemonThreads.scheduler("settings-poller");
    private final AtomicReference<@Nullable ReadRows> newest = new AtomicReference<>();
    private final AtomicLong writes = new AtomicLong();

    /** @param interval between two reads; jitter only shortens it */
    StorePoller(SettingsStore store, StatusReport report, Duration interval) {
        this.store = store;
        this.report = report;
        this.interval = interval;
    }

    /** @param writes how often this process had written when reading began; what it wrote since may be missing */
    private record ReadRows(List<StoredRow> rows, long writes) {}

    String source() {
        return store.source();
    }

    boolean isReadOnly() {
        return store.isReadOnly();
    }

    /** @throws StoreUnavailableException when it does not answer */
    List<StoredRow> read() {
        return store.read().await().indefinitely();
    }

    /** @throws StoreUnavailableException when the changes were not stored */
    void write(Map<String, Optional<String>> changes) {
        store.write(changes).await().indefinitely();
        writes.incrementAndGet();
    }

    /** What it says at the start; empty when it gives no response in time, or the process is shutting down. */
    Optional<List<StoredRow>> readFirst(BooleanSupplier isStopped) {
        long deadline = System.nanoTime() + START_PATIENCE.toNanos();
        boolean isTold = false;
        while (true) {
            try {
                return Optional.of(store.read()
                        .ifNoItem()
                        .after(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())))
                        .failWith(() -> new StoreUnavailableException(
                                "The store of settings did not answer within " + START_PATIENCE.toSeconds() + " s"))
                        .await()
                        .indefinitely());
            } catch (StoreUnavailableException away) {
                // The attempt that the end of patience cuts short says less than the one before.
                if (!isTold || System.nanoTime() - deadline < 0) {
                    report.storeFailed(away.reason());
                    isTold = true;
                }
                LockSupport.parkNanos(START_PAUSE.toNanos());
                if (System.nanoTime() - deadline > 0 || isStopped.getAsBoolean()) {
                    return Optional.empty();
                }
            }
        }
    }

    /** @param onRows called when there are rows to be taken, on the store's thread */
    void startPolling(Runnable onRows) {
        try {
            thread.execute(() -> poll(onRows));
            ScheduledFuture<?> unused = thread.scheduleWithFixedDelay(
                    report::publish, STATUS_INTERVAL.toSeconds(), STATUS_INTERVAL.toSeconds(), TimeUnit.SECONDS);
        } catch (RejectedExecutionException stopping) {
            LOG.debug("The process is shutting down");
        }
    }

    private void poll(Runnable onRows) {
        long written = writes.get();
        store.read()
                .subscribe()
                .with(
                        rows -> {
                            keep(new ReadRows(rows, written), onRows);
                            pollLater(onRows);
                        },
                        failure -> {
                            report.storeFailed(
                                    failure instanceof StoreUnavailableException away
                                            ? away.reason()
                                            : "The stored settings cannot be read");
                            pollLater(onRows);
                        });
    }

    private void keep(ReadRows rows, Runnable onRows) {
        if (report.storeAnswers()) {
            report.publish();
        }
        if (newest.getAndSet(rows) == null) {
            onRows.run();
        }
    }

    private void pollLater(Runnable onRows) {
        long nanos = (long) (interval.toNanos() * ThreadLocalRandom.current().nextDouble(LEAST_OF_INTERVAL, 1));
        try {
            ScheduledFuture<?> unused = thread.schedule(() -> poll(onRows), nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException stopping) {
            LOG.debug("The process is shutting down");
        }
    }

    /** The rows that were read last and are not taken yet. */
    Optional<List<StoredRow>> newest() {
        return Optional.ofNullable(newest.get()).map(ReadRows::rows);
    }

    /** The rows that were read last, once. */
    Optional<List<StoredRow>> takeNewest() {
        return Optional.ofNullable(newest.getAndSet(null))
                .filter(read -> read.writes == writes.get())
                .map(ReadRows::rows);
    }

    void stop() {
        thread.shutdownNow();
    }
}
