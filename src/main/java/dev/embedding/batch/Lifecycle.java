package dev.embedding.batch;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Phase of a batcher, which decides what it still takes. Immutable; a phase has a method for each transition that is
 * legal in it.
 *
 * <pre>
 * Open ── close ──▶ Closing ── drained ──▶ Drained
 *   └──────────────────┴──── handOver ────────┴──▶ HandedOver
 * </pre>
 *
 * <p>{@code endAt} sets the time until which submissions can still be computed, in the phases that take any.
 */
sealed interface Lifecycle {

    /** Takes everything that can be computed in time. */
    static Lifecycle open() {
        return new Open(OptionalLong.empty());
    }

    /** Why nothing is admitted; null while it is. */
    @Nullable
    RuntimeException admissionRefusal();

    /** Why not even rows that were admitted before may be submitted; null while they may. */
    @Nullable
    RuntimeException submissionRefusal();

    /** Time by the batcher's clock until which submissions can still be computed; empty when there is no limit. */
    OptionalLong endNanos();

    Lifecycle endAt(long nanos);

    Closed close();

    /** INVARIANT: no phase follows, so what was moved once is never taken here again. */
    default HandedOver handOver() {
        return new HandedOver();
    }

    default boolean isOpen() {
        return this instanceof Open;
    }

    /** Takes submissions. */
    record Open(OptionalLong endNanos) implements Lifecycle {

        @Override
        public @Nullable RuntimeException admissionRefusal() {
            return null;
        }

        @Override
        public @Nullable RuntimeException submissionRefusal() {
            return null;
        }

        @Override
        public Open endAt(long nanos) {
            return new Open(OptionalLong.of(nanos));
        }

        @Override
        public Closing close() {
            return new Closing(endNanos);
        }
    }

    /** Phase in which nothing is admitted any more. */
    sealed interface Closed extends Lifecycle {

        /** Follows when the last waiting rows are computed or aborted. */
        Closed drained();

        @Override
        default Closed close() {
            return this;
        }
    }

    /** Takes only what was admitted before. */
    record Closing(OptionalLong endNanos) implements Closed {

        @Override
        public RuntimeException admissionRefusal() {
            return new BatcherClosedException();
        }

        @Override
        public @Nullable RuntimeException submissionRefusal() {
            return null;
        }

        @Override
        public Closing endAt(long nanos) {
            return new Closing(OptionalLong.of(nanos));
        }

        @Override
        public Drained drained() {
            return new Drained();
        }
    }

    /** Phase in which no row is queued any more. */
    sealed interface Ended extends Closed {

        @Override
        default RuntimeException admissionRefusal() {
            return submissionRefusal();
        }

        @Override
        RuntimeException submissionRefusal();

        @Override
        default OptionalLong endNanos() {
            return OptionalLong.empty();
        }

        @Override
        default Ended endAt(long nanos) {
            return this;
        }

        @Override
        default Ended drained() {
            return this;
        }
    }

    /** Takes nothing. */
    record Drained() implements Ended {

        @Override
        public RuntimeException submissionRefusal() {
            return new BatcherClosedException();
        }
    }

    /** Takes nothing: callers submit to another batcher. */
    record HandedOver() implements Ended {

        @Override
        public RuntimeException submissionRefusal() {
            return new MovedException();
        }

        @Override
        public HandedOver handOver() {
            return this;
        }
    }
}
