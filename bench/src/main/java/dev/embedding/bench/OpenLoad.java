package dev.embedding.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Requests that come at random moments, whether earlier ones are answered or not. A request's time counts from the moment
 * it was due, so a generator that falls behind does not make the service look better.
 */
final class OpenLoad implements AutoCloseable {

    /** For requests that no answer came to. */
    static final int NO_ANSWER = 0;

    private static final long SEED = 20_260_102;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /**
     * One request and what became of it; times as {@link System#nanoTime()} gives them.
     *
     * @param status of the answer, or {@link #NO_ANSWER}
     */
    record Exchange(long due, long end, int status, int tokens) {

        double millis() {
            return (end - due) / 1e6;
        }
    }

    private final int port;
    private final Rotation<EmbedRequest> requests;
    private final ExecutorService callers = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "open-load");
        thread.setDaemon(true);
        return thread;
    });
    private final Deque<EmbedConnection> idle = new ConcurrentLinkedDeque<>();

    OpenLoad(int port, Rotation<EmbedRequest> requests) {
        this.port = port;
        this.requests = requests;
    }

    /** Sends at a rate in the mean for a while, with exponential pauses, and waits until everything is answered. */
    List<Exchange> run(double perSecond, Duration time) throws InterruptedException {
        List<Exchange> exchanges = Collections.synchronizedList(new ArrayList<>());
        Random random = new Random(SEED);
        long start = System.nanoTime();
        long due = start;
        int sent = 0;
        while (due - start < time.toNanos()) {
            long wait = due - System.nanoTime();
            if (wait > 0) {
                TimeUnit.NANOSECONDS.sleep(wait);
            }
            EmbedRequest request = requests.next();
            long moment = due;
            callers.execute(() -> exchanges.add(exchange(request, moment)));
            sent++;
            due += Math.round(-Math.log(1 - random.nextDouble()) / perSecond * 1e9);
        }
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (exchanges.size() < sent && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        return List.copyOf(exchanges);
    }

    private Exchange exchange(EmbedRequest request, long due) {
        int status = NO_ANSWER;
        @Nullable EmbedConnection connection = idle.poll();
        try {
            if (connection == null) {
                connection = new EmbedConnection(port);
            }
            status = connection.exchange(request);
            idle.push(connection);
        } catch (IOException failed) {
            System.err.println("No answer: " + failed.getMessage());
        }
        return new Exchange(due, System.nanoTime(), status, request.tokens());
    }

    @Override
    public void close() throws IOException {
        callers.shutdownNow();
        for (EmbedConnection connection : idle) {
            connection.close();
        }
    }
}
