package dev.embedding.infer;

import ai.onnxruntime.OrtException;
import dev.embedding.infer.runtime.NativeMemory;
import dev.embedding.support.DaemonThreads;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A second session of a model over all cores, for a run that has the machine to itself.
 *
 * <p>It costs as much memory as the first one, so it is opened in the background when a lone run first requests it
 * (that run uses the other session), and closed after some time without lone runs. A {@link SupervisedSession} is never
 * closed during a run; closing waits for active runs, but not for an abandoned one.
 */
final class WideSession implements AutoCloseable {

    /** Longest wait for a session that is being opened; longer than that takes. */
    private static final Duration OPENING_TIMEOUT = Duration.ofSeconds(20);

    private final Opener opener;
    private final long idleNanos;
    private final ScheduledExecutorService background;
    /** Held while the session is closed, so that at most one exists; runs do not take it. */
    private final ReentrantLock lock = new ReentrantLock();

    private volatile @Nullable SupervisedSession session;
    private boolean allowed;
    private boolean opening;
    private boolean unusable;
    private volatile long lastUsedNanos;

    /** Opens a session; may take a second. */
    @FunctionalInterface
    interface Opener {
        SupervisedSession open() throws OrtException;
    }

    WideSession(Opener opener, Duration idle) {
        this.opener = opener;
        this.idleNanos = idle.toNanos();
        this.background = Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("wide-session"));
    }

    /** Runs the batch over all cores, or returns null when the session is not open (yet, or any more). */
    @Nullable
    TokenVectors tryRun(TokenBatch batch, Workspace workspace, Runnable onAbandoned) throws OrtException {
        SupervisedSession open = session;
        if (open != null) {
            lastUsedNanos = System.nanoTime();
            return open.hasAbandonedRun() ? null : open.tryRun(batch, workspace, onAbandoned);
        }
        openInBackground();
        return null;
    }

    /** Calls {@link SupervisedSession#giveBackWhenIdle} of the open session, if any. */
    boolean giveBackWhenIdle(Duration idle) throws OrtException {
        SupervisedSession open = session;
        return open != null && open.giveBackWhenIdle(idle);
    }

    private void openInBackground() {
        if (!lock.tryLock()) {
            return; // It is being closed or installed, which may wait for a run; lanes do not wait for that.
        }
        try {
            if (allowed && !opening && !unusable && session == null) {
                opening = true;
                background.execute(this::open);
            }
        } finally {
            lock.unlock();
        }
    }

    private void open() {
        SupervisedSession opened = null;
        try {
            opened = opener.open();
        } catch (OrtException | RuntimeException failure) {
            // The other session serves lone runs too, only slower; most likely memory is short.
            System.getLogger(WideSession.class.getName())
                    .log(System.Logger.Level.WARNING, "Lone requests stay on one core: {0}", failure.getMessage());
        }
        lock.lock();
        try {
            opening = false;
            if (opened == null) {
                unusable = true;
                return;
            }
            if (!allowed) {
                close(opened);
                return;
            }
            session = opened;
            lastUsedNanos = System.nanoTime();
            closeWhenIdle(idleNanos);
        } finally {
            lock.unlock();
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

    /** Allows the session, or forbids it, which is the default and closes an open one after its active runs. */
    void allow(boolean allow) {
        lock.lock();
        try {
            allowed = allow;
            if (!allow) {
                closeSession();
            }
        } finally {
            lock.unlock();
        }
    }

    boolean isOpen() {
        return session != null;
    }

    private void closeSession() {
        lock.lock();
        try {
            SupervisedSession open = session;
            if (open != null) {
                session = null;
                close(open);
            }
        } finally {
            lock.unlock();
        }
    }

    private static void close(SupervisedSession closed) {
        closed.close();
        NativeMemory.giveBack();
    }

    /** Waits for active runs and for a session that is being opened: the engine cannot be interrupted in the middle. */
    @Override
    public void close() {
        allow(false);
        background.shutdownNow();
        try {
            boolean unused = background.awaitTermination(OPENING_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        closeSession();
    }
}
