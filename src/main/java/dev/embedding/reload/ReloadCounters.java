package dev.embedding.reload;

import jakarta.inject.Singleton;
import java.util.concurrent.atomic.AtomicLong;

/** Counters of attempts to replace a running model; the first load is not counted. */
@Singleton
public class ReloadCounters {

    private final AtomicLong attempts = new AtomicLong();
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();

    void attempted() {
        attempts.incrementAndGet();
    }

    void done() {
        done.incrementAndGet();
    }

    void failed() {
        failures.incrementAndGet();
    }

    public long attempts() {
        return attempts.get();
    }

    /** Attempts that replaced the model. */
    public long successes() {
        return done.get();
    }

    public long failures() {
        return failures.get();
    }
}
