package dev.embedding.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Reads a process tree's CPU time again and again, so that it can be told for any window of the past. */
final class CpuClock extends Thread {

    private static final long INTERVAL_MILLIS = 50;

    private record Reading(double at, double cpuSeconds) {}

    private final ProcessTree tree;
    private final List<Reading> readings = new ArrayList<>();
    private volatile boolean ended;

    CpuClock(ProcessTree tree) {
        super("cpu-clock");
        this.tree = tree;
        setDaemon(true);
        start();
    }

    @Override
    public void run() {
        while (!ended) {
            double at = System.nanoTime() / 1e9;
            readings.add(new Reading(at, tree.cpuSeconds()));
            try {
                TimeUnit.MILLISECONDS.sleep(INTERVAL_MILLIS);
            } catch (InterruptedException over) {
                return;
            }
        }
    }

    /** Ends it; it may be asked then. */
    void finish() {
        ended = true;
        try {
            join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** @param from seconds of {@link System#nanoTime()}, which is the monotonic clock of Linux, as is wrk's */
    double between(double from, double to) {
        return at(to) - at(from);
    }

    private double at(double moment) {
        Reading before = readings.get(0);
        for (Reading reading : readings) {
            if (reading.at() >= moment) {
                double gap = reading.at() - before.at();
                double share = gap <= 0 ? 1 : (moment - before.at()) / gap;
                return before.cpuSeconds() + share * (reading.cpuSeconds() - before.cpuSeconds());
            }
            before = reading;
        }
        return before.cpuSeconds();
    }
}
