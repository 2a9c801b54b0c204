package dev.embedding.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Callers that each begin their next piece of work when the last one ends, watched through a window of time.
 *
 * <p>The window opens when every caller has had its first response, and the load goes on until every caller has had an
 * answer after the window's end: neither the empty queue of the start nor that of the end is seen. The tokens of a piece
 * of work count evenly over its time, so one that lies across an end of the window counts in part.
 */
final class ClosedLoop {

    /** A finished piece of work; times as {@link System#nanoTime()} gives them. */
    private record Piece(long start, long end, int tokens) {

        double tokensWithin(long from, long to) {
            long overlap = Math.min(end, to) - Math.max(start, from);
            return overlap <= 0 ? 0 : (double) tokens * overlap / (end - start);
        }

        boolean endsWithin(long from, long to) {
            return end >= from && end < to;
        }
    }

    private final List<CallerThread> threads = new ArrayList<>();
    private final CountDownLatch answeredOnce;
    private final CountDownLatch answeredAfterEnd;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile long windowEnd = Long.MAX_VALUE;

    private ClosedLoop(List<Caller> callers) {
        answeredOnce = new CountDownLatch(callers.size());
        answeredAfterEnd = new CountDownLatch(callers.size());
        callers.forEach(caller -> threads.add(new CallerThread(caller)));
    }

    /**
     * Runs the callers.
     *
     * @param computing the process that computes, whose CPU time is read
     * @throws IllegalStateException when a caller failed
     */
    static Measurement run(List<Caller> callers, Duration window, ProcessHandle computing) throws InterruptedException {
        return new ClosedLoop(callers).measure(window, computing);
    }

    private Measurement measure(Duration window, ProcessHandle computing) throws InterruptedException {
        ProcessHandle self = ProcessHandle.current();
        threads.forEach(Thread::start);
        answeredOnce.await();
        double cpu = cpuSeconds(computing);
        double loadCpu = cpuSeconds(self);
        long from = System.nanoTime();
        TimeUnit.NANOSECONDS.sleep(window.toNanos());
        long to = System.nanoTime();
        windowEnd = to;
        cpu = cpuSeconds(computing) - cpu;
        loadCpu = cpuSeconds(self) - loadCpu;
        for (CallerThread thread : threads) {
            thread.join();
        }
        Throwable failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException("A caller failed", failed);
        }
        List<Piece> pieces =
                threads.stream().flatMap(thread -> thread.pieces.stream()).toList();
        return new Measurement(
                pieces.stream()
                        .mapToDouble(piece -> piece.tokensWithin(from, to))
                        .sum(),
                (to - from) / 1e9,
                cpu,
                loadCpu,
                pieces.stream()
                        .filter(piece -> piece.endsWithin(from, to))
                        .mapToDouble(piece -> (piece.end - piece.start) / 1e6)
                        .toArray());
    }

    private static double cpuSeconds(ProcessHandle process) {
        return process.info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
    }

    private final class CallerThread extends Thread {

        private final Caller caller;
        private final List<Piece> pieces = new ArrayList<>();

        private CallerThread(Caller caller) {
            super("caller");
            this.caller = caller;
            setDaemon(true);
        }

        @Override
        public void run() {
            boolean counted = false;
            try {
                while (answeredAfterEnd.getCount() > 0 && failure.get() == null) {
                    long start = System.nanoTime();
                    int tokens = caller.call();
                    long end = System.nanoTime();
                    pieces.add(new Piece(start, end, tokens));
                    if (pieces.size() == 1) {
                        answeredOnce.countDown();
                    }
                    if (!counted && end >= windowEnd) {
                        counted = true;
                        answeredAfterEnd.countDown();
                    }
                }
            } catch (Exception | Error failed) {
                failure.compareAndSet(null, failed);
            } finally {
                if (pieces.isEmpty()) {
                    answeredOnce.countDown();
                }
            }
        }
    }
}
