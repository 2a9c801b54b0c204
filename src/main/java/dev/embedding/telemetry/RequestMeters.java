package dev.embedding.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Meters of the requests to one model, or of those that reached none; each is registered when it first counts. */
final class RequestMeters {

    private static final Duration[] BUCKETS = Stream.of(
                    1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000)
            .map(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final MeterGroup group;
    private final Map<String, Counter> counts = new ConcurrentHashMap<>();
    private final Map<TimeLabels, Timer> times = new ConcurrentHashMap<>();

    RequestMeters(MeterGroup group) {
        this.group = group;
    }

    private record TimeLabels(String dialect, String outcome) {}

    void counted(String outcome) {
        counts.computeIfAbsent(outcome, this::count).increment();
    }

    private Counter count(String outcome) {
        return group.register(Counter.builder("embedding.requests")
                .description("Valid embedding requests")
                .tags(group.tags())
                .tag("outcome", outcome)::register);
    }

    void timed(String dialect, String outcome, long nanos) {
        times.computeIfAbsent(new TimeLabels(dialect, outcome), this::time).record(nanos, TimeUnit.NANOSECONDS);
    }

    private Timer time(TimeLabels labels) {
        return group.register(Timer.builder("embedding.request")
                .description("One embedding request, from its headers to its response")
                .tags(group.tags())
                .tag("dialect", labels.dialect())
                .tag("outcome", labels.outcome())
                .serviceLevelObjectives(BUCKETS)::register);
    }
}
