package dev.embedding.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Looks at a loaded service from outside: how soon its probes are answered, and how much memory it holds. */
final class Watch extends Thread implements AutoCloseable {

    private static final Duration INTERVAL = Duration.ofMillis(100);

    private final ServiceProcess service;
    private static final List<String> PROBES = List.of("/q/health/live", "/q/health/ready", "/q/health/started");

    private final List<Double> probeMillis = new ArrayList<>();
    private final List<Long> residentBytes = new ArrayList<>();
    private volatile boolean ended;
    private int unanswered;

    Watch(ServiceProcess service) {
        super("watch");
        this.service = service;
        setDaemon(true);
        start();
    }

    @Override
    public void run() {
        for (int turn = 0; !ended; turn++) {
            long start = System.nanoTime();
            if (service.answers(PROBES.get(turn % PROBES.size()))) {
                probeMillis.add((System.nanoTime() - start) / 1e6);
            } else {
                unanswered++;
            }
            try {
                residentBytes.add(service.residentBytes());
                TimeUnit.NANOSECONDS.sleep(Math.max(1, INTERVAL.toNanos() - (System.nanoTime() - start)));
            } catch (InterruptedException over) {
                return;
            }
        }
    }

    /** Ends it; its figures may be read then. */
    @Override
    public void close() {
        ended = true;
        try {
            join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    double[] probeMillis() {
        return probeMillis.stream().mapToDouble(Double::doubleValue).toArray();
    }

    int unanswered() {
        return unanswered;
    }

    /** Megabytes in a part of the time, from 0 (its begin) to 1: the mean around that moment. */
    double residentMegabytes(double moment) {
        int at = (int) Math.min(residentBytes.size() - 1L, Math.round(moment * (residentBytes.size() - 1)));
        return residentBytes.subList(Math.max(0, at - 5), Math.min(residentBytes.size(), at + 6)).stream()
                        .mapToLong(Long::longValue)
                        .average()
                        .orElse(Double.NaN)
                / 1e6;
    }
}
