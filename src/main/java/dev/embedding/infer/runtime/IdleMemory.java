package dev.embedding.infer.runtime;

import ai.onnxruntime.OrtException;
import dev.embedding.support.DaemonThreads;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Gives memory back to the system while sessions are not used: an arena keeps what its largest run took, which for a
 * text of 512 tokens is more than half of a small model's weights.
 */
public final class IdleMemory implements AutoCloseable {

    private final List<Session> sessions;
    private final Duration idle;
    private final ScheduledExecutorService background;

    /** A session that holds memory for its runs. */
    @FunctionalInterface
    public interface Session {
        /** @return whether something was given back; it is not while runs are inside, or when none was since */
        boolean giveBackWhenIdle(Duration idle) throws OrtException;
    }

    /** @param idle how long nothing must have run */
    public IdleMemory(List<Session> sessions, Duration idle) {
        this.sessions = List.copyOf(sessions);
        this.idle = idle;
        this.background = Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("idle-memory"));
        ScheduledFuture<?> unused =
                background.scheduleWithFixedDelay(this::giveBack, idle.toNanos(), idle.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void giveBack() {
        boolean givenBack = false;
        for (Session session : sessions) {
            try {
                givenBack |= session.giveBackWhenIdle(idle);
            } catch (OrtException | RuntimeException failure) {
                System.getLogger(IdleMemory.class.getName())
                        .log(
                                System.Logger.Level.DEBUG,
                                "A session keeps the memory of its runs: {0}",
                                EngineMessage.of(failure));
            }
        }
        if (givenBack) {
            NativeMemory.giveBack();
        }
    }

    /** Begins no more; the session that is just giving back is closed once it is done, as under a run. */
    @Override
    public void close() {
        background.shutdown();
    }
}
