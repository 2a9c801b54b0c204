package dev.embedding.reload;

import jakarta.inject.Singleton;
import java.util.concurrent.atomic.AtomicLong;

/** Numbers of attempts to replace the running model; the first load does not count. */
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

    /** Attempts that put another model into service. */
    public long successes() {
        return done.get();
    }

    public long failures() {
        return failures.get();
    }
}
