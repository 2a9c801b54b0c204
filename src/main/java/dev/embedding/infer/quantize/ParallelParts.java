package dev.embedding.infer.quantize;

import dev.embedding.support.DaemonThreads;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/** Runs the parts of a job on several threads, the caller's among them. */
final class ParallelParts {

    private final int threads;
    private final Runnable pause;

    /** @param pause called on the caller's thread before each of its parts; an exception from it aborts the job */
    ParallelParts(int threads, Runnable pause) {
        this.threads = threads;
        this.pause = pause;
    }

    /**
     * Runs a part for each number below a count, in any order. No part runs any more when this returns or throws.
     *
     * @throws RuntimeException that of a part; parts that were not begun are left out
     */
    void run(int count, IntConsumer part) {
        AtomicInteger next = new AtomicInteger();
        ExecutorService pool = Executors.newCachedThreadPool(DaemonThreads.numbered("quantizer-"));
        List<CompletableFuture<Void>> others = Stream.generate(
                        () -> CompletableFuture.runAsync(() -> take(next, count, part), pool))
                .limit(Math.max(0, Math.min(threads, count) - 1))
                .toList();
        try {
            take(next, count, index -> {
                pause.run();
                part.accept(index);
            });
        } finally {
            others.forEach(ParallelParts::await);
            pool.shutdown();
        }
        others.forEach(ParallelParts::requireSuccess);
    }

    private static void take(AtomicInteger next, int count, IntConsumer part) {
        try {
            for (int index = next.getAndIncrement(); index < count; index = next.getAndIncrement()) {
                part.accept(index);
            }
        } catch (RuntimeException | Error failure) {
            next.set(count);
            throw failure;
        }
    }

    private static void await(CompletableFuture<Void> other) {
        Object unused = other.handle((nothing, failure) -> Boolean.TRUE).join();
    }

    private static void requireSuccess(CompletableFuture<Void> ended) {
        try {
            ended.join();
        } catch (CompletionException failure) {
            if (failure.getCause() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) Objects.requireNonNull(failure.getCause());
        }
    }
}
