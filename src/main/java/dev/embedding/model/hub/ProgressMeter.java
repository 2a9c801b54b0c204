package dev.embedding.model.hub;

import java.time.Duration;
import java.util.Locale;

/** Sums the bytes of one fetch, reports them, and writes a log line every few seconds. */
final class ProgressMeter {

    private static final System.Logger LOG = System.getLogger(ProgressMeter.class.getName());
    private static final long BETWEEN_LINES = Duration.ofSeconds(5).toNanos();
    private static final double MEGABYTE = 1e6;

    private final HubName name;
    private final DownloadProgress progress;
    private final long all;
    private long done;
    private long lastLine = System.nanoTime();

    ProgressMeter(HubName name, DownloadProgress progress, long all) {
        this.name = name;
        this.progress = progress;
        this.all = all;
    }

    /** @param bytes negative for those that have to be downloaded again */
    synchronized void add(long bytes) {
        done += bytes;
        progress.report(done, all);
        long now = System.nanoTime();
        if (now - lastLine >= BETWEEN_LINES) {
            lastLine = now;
            log("Downloading");
        }
    }

    synchronized void finish() {
        log("Downloaded");
    }

    private void log(String verb) {
        LOG.log(
                System.Logger.Level.INFO,
                "{0} {1}: {2} of {3} MB ({4} %)",
                verb,
                name,
                String.format(Locale.ROOT, "%.1f", done / MEGABYTE),
                String.format(Locale.ROOT, "%.1f", all / MEGABYTE),
                all == 0 ? 100 : done * 100 / all);
    }
}
