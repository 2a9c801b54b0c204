package dev.embedding.settings.store;

import dev.embedding.settings.UnstorableValueException;
import io.quarkus.vertx.core.runtime.context.VertxContextSafetyToggle;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.VertxInternal;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Runs database operations from any thread, with a timeout. Panache requires a Vert.x context that nothing else shares,
 * and has no timeout of its own for a database that hangs.
 */
final class DatabaseCalls {

    private final ContextInternal eventLoop;
    private final Duration timeout;
    private final DatabaseFault fault;

    DatabaseCalls(Vertx vertx, Duration timeout, DatabaseFault fault) {
        this.eventLoop = ((VertxInternal) vertx).createEventLoopContext();
        this.timeout = timeout;
        this.fault = fault;
    }

    /**
     * Starts an operation with each subscription.
     *
     * @param operation receives a check whether the caller has stopped waiting
     * @return its item, or a {@link dev.embedding.settings.StoreUnavailableException}; an
     *     {@link UnstorableValueException} is rethrown
     */
    <T> Uni<T> call(Function<BooleanSupplier, Uni<T>> operation) {
        return this.<T>onItsOwnContext(operation)
                .ifNoItem()
                .after(timeout)
                .fail()
                .onFailure(failure -> !(failure instanceof UnstorableValueException))
                .transform(fault::translated);
    }

    private <T> Uni<T> onItsOwnContext(Function<BooleanSupplier, Uni<T>> operation) {
        return Uni.createFrom().emitter(emitter -> {
            AtomicBoolean isGivenUp = new AtomicBoolean();
            emitter.onTermination(() -> isGivenUp.set(true));
            Context context = eventLoop.duplicate();
            VertxContextSafetyToggle.setContextSafe(context, true);
            context.runOnContext(started -> Uni.createFrom()
                    .<T>deferred(() -> operation.apply(isGivenUp::get))
                    .subscribe()
                    .with(emitter::complete, failure -> {
                        if (!isGivenUp.get()) {
                            emitter.fail(failure);
                        }
                    }));
        });
    }
}
