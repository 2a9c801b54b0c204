package dev.embedding.telemetry;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Meters with one value of the label {@code model}, which are removed together. Thread-safe. */
final class MeterGroup {

    private final MeterRegistry registry;
    private final Tags tags;

    @GuardedBy("this")
    private final List<Meter> meters = new ArrayList<>();

    @GuardedBy("this")
    private boolean removed;

    MeterGroup(MeterRegistry registry, String model) {
        this.registry = registry;
        this.tags = Tags.of("model", model);
    }

    /** The label, for the meters' builders. */
    Tags tags() {
        return tags;
    }

    /** Registers a meter; after the removal one that counts nowhere, for events that come late. */
    synchronized <M extends Meter> M register(Function<MeterRegistry, M> registration) {
        if (removed) {
            return registration.apply(new CompositeMeterRegistry());
        }
        M meter = registration.apply(registry);
        meters.add(meter);
        return meter;
    }

    synchronized void remove(Meter meter) {
        if (meters.remove(meter)) {
            registry.remove(meter);
        }
    }

    synchronized void removeAll() {
        removed = true;
        meters.forEach(registry::remove);
        meters.clear();
    }
}
