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
 * Returns memory to the system while sessions are idle: an arena keeps what its largest run took, which for a text of
 * 512 tokens is more than half of a small model's weights.
 */
public final class IdleMemory implements AutoCloseable {

    private final List<Session> sessions;
    private final Duration idle;
    private final ScheduledExecutorService background;

    /** A session whose arena holds memory for its runs. */
    @FunctionalInterface
    public interface Session {
        /** @return whether memory was returned; false while runs are active, or when none ran since the last time */
        boolean giveBackWhenIdle(Duration idle) throws OrtException;
    }

    /** @param idle the time without runs after which memory is returned */
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

    /** Starts no further release; one in progress delays the closing of its session, as a run does. */
    @Override
    public void close() {
        background.shutdown();
    }
}
