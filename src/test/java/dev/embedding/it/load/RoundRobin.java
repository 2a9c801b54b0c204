package dev.embedding.it.load;

import dev.embedding.fixture.Answer;
import dev.embedding.fixture.ServiceClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Load balancer for tests, which sends texts to replicas in turn: it probes every half second which of them are ready,
 * reuses its connections, and never retries.
 */
final class RoundRobin implements AutoCloseable {

    private static final Duration POLL_INTERVAL = Duration.ofMillis(500);
    private static final int CALLERS = 4;

    private final List<ServiceClient> replicas;
    private final Map<ServiceClient, Boolean> ready = new ConcurrentHashMap<>();
    private final AtomicLong turn = new AtomicLong();
    private final AtomicLong served = new AtomicLong();
    private final Queue<String> lost = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean over;

    RoundRobin(List<ServiceClient> replicas) {
        this.replicas = replicas;
        replicas.forEach(replica -> ready.put(replica, true));
        threads.add(new Thread(this::poll, "readiness"));
        for (int caller = 0; caller < CALLERS; caller++) {
            threads.add(new Thread(this::call, "caller-" + caller));
        }
        threads.forEach(Thread::start);
    }

    private void poll() {
        while (!over) {
            replicas.forEach(replica ->
                    ready.put(replica, replica.statusOf("/q/health/ready").equals(Optional.of(200))));
            LockSupport.parkNanos(POLL_INTERVAL.toNanos());
        }
    }

    private void call() {
        while (!over) {
            ServiceClient replica = replicas.get((int) (turn.getAndIncrement() % replicas.size()));
            if (isReady(replica)) {
                try {
                    Answer answer = replica.embed("whoever answers");
                    if (answer.status() == 200) {
                        served.incrementAndGet();
                    } else {
                        lost.add(answer.status() + " " + answer.text());
                    }
                } catch (RuntimeException failure) {
                    lost.add(failure + ", because of " + failure.getCause());
                }
            }
        }
    }

    boolean isReady(ServiceClient replica) {
        return ready.getOrDefault(replica, false);
    }

    long served() {
        return served.get();
    }

    /** Requests that did not get vectors. */
    List<String> lost() {
        return List.copyOf(lost);
    }

    @Override
    public void close() {
        over = true;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
