package dev.embedding;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for something that another process or thread does, for a bounded time. */
public final class Await {

    private static final Duration INTERVAL = Duration.ofMillis(20);

    private Await() {}

    /**
     * Looks again and again until the condition holds.
     *
     * @throws AssertionError with the message when it does not within {@code patience}
     */
    public static void until(Duration patience, BooleanSupplier condition, Supplier<String> message) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(message.get());
            }
            LockSupport.parkNanos(INTERVAL.toNanos());
        }
    }
}
