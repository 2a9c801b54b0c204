package dev.embedding.infer;

import ai.onnxruntime.OrtException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * A second session over all cores, for a run that has the machine to itself.
 *
 * <p>It costs as much memory as the first one, so it is opened in the background when a lone run first asks for it (that
 * run goes on without), and closed after a while without lone runs. Runs hold the read lock; opening and closing take
 * the write lock, so that a session is never closed under a run.
 */
final class WideSession implements AutoCloseable {

    /** Longer than a session takes to open. */
    private static final Duration OPENING = Duration.ofSeconds(20);

    private final BatchRunner.Opener opener;
    private final long idleNanos;
    private final ScheduledExecutorService background;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private @Nullable BatchRunner session;
    private boolean allowed;
    private boolean opening;
    private boolean unusable;
    private volatile long lastUsedNanos;

    WideSession(BatchRunner.Opener opener, Duration idle) {
        this.opener = opener;
        this.idleNanos = idle.toNanos();
        this.background = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "wide-session");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Runs the batch over all cores, or answers null when the session is not open (yet). */
    @Nullable
    TokenVectors tryRun(TokenBatch batch, Workspace workspace) throws OrtException {
        lock.readLock().lock();
        try {
            if (session != null) {
                lastUsedNanos = System.nanoTime();
                return session.run(batch, workspace);
            }
        } finally {
            lock.readLock().unlock();
        }
        openInBackground();
        return null;
    }

    private void openInBackground() {
        lock.writeLock().lock();
        try {
            if (allowed && !opening && !unusable && session == null) {
                opening = true;
                background.execute(this::open);
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void open() {
        BatchRunner opened = null;
        try {
            opened = opener.open();
        } catch (OrtException | RuntimeException failure) {
            // The narrow session serves lone runs as well, only slower; most likely memory is short.
            System.getLogger(WideSession.class.getName())
                    .log(System.Logger.Level.WARNING, "Lone requests stay on one core: {0}", failure.getMessage());
        }
        lock.writeLock().lock();
        try {
            opening = false;
            if (opened == null) {
                unusable = true;
                return;
            }
            if (!allowed) {
                opened.close();
                return;
            }
            session = opened;
            lastUsedNanos = System.nanoTime();
            closeWhenIdle(idleNanos);
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void closeWhenIdle(long nanos) {
        ScheduledFuture<?> unused = background.schedule(this::closeIfIdle, nanos, TimeUnit.NANOSECONDS);
    }

    private void closeIfIdle() {
        if (!isOpen()) {
            return;
        }
        long idleFor = System.nanoTime() - lastUsedNanos;
        if (idleFor >= idleNanos) {
            closeSession();
        } else {
            closeWhenIdle(idleNanos - idleFor);
        }
    }

    /** Not allowed, an open one is closed; a run inside is waited for. It is not at first. */
    void allow(boolean allow) {
        lock.writeLock().lock();
        try {
            allowed = allow;
            if (!allow) {
                closeSession();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    boolean isOpen() {
        lock.readLock().lock();
        try {
            return session != null;
        } finally {
            lock.readLock().unlock();
        }
    }

    private void closeSession() {
        lock.writeLock().lock();
        try {
            if (session != null) {
                session.close();
                session = null;
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Waits for a run inside, and for a session that is just being opened: the engine cannot be left in the middle. */
    @Override
    public void close() {
        allow(false);
        background.shutdownNow();
        try {
            boolean unused = background.awaitTermination(OPENING.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        closeSession();
    }
}
