package dev.embedding.batch;

/** Outcome of one row: a value, or the failure of this row alone. */
public sealed interface RowOutcome<V> {

    record Computed<V>(V value) implements RowOutcome<V> {}

    record Failed<V>(RuntimeException reason) implements RowOutcome<V> {}
}
