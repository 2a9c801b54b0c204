package dev.embedding.batch;

/** Result of one row in a batch: a value, or the reason why this row alone has none. */
public sealed interface RowOutcome<V> {

    record Computed<V>(V value) implements RowOutcome<V> {}

    record Failed<V>(RuntimeException reason) implements RowOutcome<V> {}
}
