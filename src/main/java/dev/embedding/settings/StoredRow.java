package dev.embedding.settings;

import org.jspecify.annotations.Nullable;

/**
 * A stored setting as it was written.
 *
 * @param value null where an operator's table allows it; the service's own does not
 */
public record StoredRow(String key, @Nullable String value) {}
