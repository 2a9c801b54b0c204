package dev.embedding.settings;

import org.jspecify.annotations.Nullable;

/**
 * A stored setting as people wrote it.
 *
 * @param value null where a table allows it although ours does not
 */
public record StoredRow(String key, @Nullable String value) {}
