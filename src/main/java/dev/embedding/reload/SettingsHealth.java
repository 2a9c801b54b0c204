package dev.embedding.reload;

import java.time.Instant;
import java.util.Map;

/**
 * Health of the following of stored settings.
 *
 * @param database {@code disabled}, {@code healthy} or {@code unhealthy}
 * @param faults what an operator should look at, by a short name such as {@code database_fault},
 *     {@code settings_fault} or {@code model_fault}; empty when all is well
 */
public record SettingsHealth(String database, Map<String, Fault> faults) {

    public SettingsHealth {
        faults = Map.copyOf(faults);
    }

    /**
     * A fault that lasts.
     *
     * @param text a sentence
     * @param since when it was first seen
     */
    public record Fault(String text, Instant since) {}
}
