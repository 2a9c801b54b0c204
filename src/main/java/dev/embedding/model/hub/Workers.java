package dev.embedding.model.hub;

import dev.embedding.support.DaemonThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The thread pool of a hub's client. The first failure, an interruption of the caller, or closing cancels all tasks of
 * a call.
 */
final class Workers implements AutoCloseable {

    private static final int THREADS = 4;
    private static final int CLOSED_CHECK_MILLIS = 100;

    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS, DaemonThreads.named("hub-download"));

    <T> T one(HubName name, Callable<T> task) {
        return all(name, List.of(task)).get(0);
    }

    /**
     * Returns when all are done.
     *
     * @throws HubException the first failure
     */
    <T> List<T> all(HubName name, List<Callable<T>> tasks) {
        ExecutorCompletionService<T> service = new ExecutorCompletionService<>(threads);
        List<Future<T>> futures = new ArrayList<>();
        try {
            tasks.forEach(task -> futures.add(service.submit(task)));
            for (int done = 0; done < futures.size(); ) {
                Future<T> next = service.poll(CLOSED_CHECK_MILLIS, TimeUnit.MILLISECONDS);
                if (next != null) {
                    next.get();
                    done++;
                } else if (threads.isShutdown()) {
                    throw HubException.cancelled(name);
                }
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get());
            }
            return results;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw HubException.cancelled(name);
        } catch (RejectedExecutionException closed) {
            throw HubException.cancelled(name);
        } catch (ExecutionException failure) {
            throw unwrapped(failure.getCause(), name);
        } finally {
            futures.forEach(future -> future.cancel(true));
        }
    }

    private static HubException unwrapped(@Nullable Throwable failure, HubName name) {
        if (failure instanceof HubException known) {
            return known;
        }
        if (failure instanceof InterruptedException) {
            return HubException.cancelled(name);
        }
        if (failure instanceof Error error) {
            throw error;
        }
        throw new IllegalStateException("Loading " + name + " failed", failure);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
