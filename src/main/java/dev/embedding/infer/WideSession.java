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
 * A second session over all cores, for a request that has the machine to itself.
 *
 * <p>It costs as much memory as the first one, so it is opened in the background when a lone run first asks for it (that
 * run goes on without), and closed after a while without lone runs. A {@link SupervisedSession} is never closed under a run;
 * closing waits for those inside, but not for one that was given up.
 */
final class WideSession implements AutoCloseable {

    /** Longer than a session takes to open. */
    private static final Duration OPENING = Duration.ofSeconds(20);

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

    /** Runs the batch over all cores, or answers null when the session is not open (yet, or any more). */
    @Nullable
    TokenVectors tryRun(TokenBatch batch, Workspace workspace, Runnable onAbandoned) throws OrtException {
        SupervisedSession open = session;
        if (open != null) {
            lastUsedNanos = System.nanoTime();
            return open.hasLostARun() ? null : open.tryRun(batch, workspace, onAbandoned);
        }
        openInBackground();
        return null;
    }

    /** {@link SupervisedSession#giveBackWhenIdle}, of the session that is open. */
    boolean giveBackWhenIdle(Duration idle) throws OrtException {
        SupervisedSession open = session;
        return open != null && open.giveBackWhenIdle(idle);
    }

    private void openInBackground() {
        if (!lock.tryLock()) {
            return; // It is being closed or put in place, which may wait for a run; lanes do not wait with it.
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
            // The narrow session serves lone runs as well, only slower; most likely memory is short.
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

    /** Not allowed, an open one is closed; a run inside is waited for. It is not at first. */
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
