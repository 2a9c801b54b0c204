package dev.embedding.reload;

import java.time.Instant;
import java.util.Map;

/**
 * Health of following the stored settings.
 *
 * @param database {@code disabled}, {@code healthy} or {@code unhealthy}
 * @param faults faults for operators, by a short name such as {@code database_fault}, {@code settings_fault} or
 *     {@code model_fault}; empty when there are none
 */
public record SettingsHealth(String database, Map<String, Fault> faults) {

    public SettingsHealth {
        faults = Map.copyOf(faults);
    }

    /**
     * Current fault.
     *
     * @param text description, as a sentence
     * @param since time of its first occurrence
     */
    public record Fault(String text, Instant since) {}
}
