package dev.embedding.model.hub;

import dev.embedding.model.hub.HubException.Kind;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Downloads one file of a repository into the cache. An interrupted download is resumed; a file with another hash than
 * the hub reports is downloaded once more from its beginning, and then rejected.
 */
final class BlobDownload {

    /**
     * The number of failures in a row is reset after each hundredth of the file, so that the download certainly ends.
     */
    private static final int STEPS = 100;

    private static final double MEGABYTE = 1e6;

    private final HubSettings settings;
    private final HubHttp http;
    private final HubCache cache;
    private final Retry retry;
    private final PartialBlob.Writer writer;
    private final RemoteFile file;
    private final Subject subject;
    private final String path;
    private final ProgressMeter meter;

    BlobDownload(HubConnection hub, RemoteFile file, Subject subject, String path, ProgressMeter meter) {
        this.settings = hub.settings();
        this.http = hub.http();
        this.cache = hub.cache(subject.name());
        this.retry = hub.retry();
        this.writer = hub.writer();
        this.file = file;
        this.subject = subject;
        this.path = path;
        this.meter = meter;
    }

    /** Returns when the file is complete and visible at the pointer. */
    void run(Path pointer) throws InterruptedException {
        try {
            CacheLock lock = CacheLock.acquire(
                    cache.lock(file.etag()), settings.timeouts().lock(), subject);
            try (lock) {
                makeVisible(pointer);
            }
        } catch (ClosedByInterruptException interrupted) {
            throw new InterruptedException();
        } catch (IOException failure) {
            throw notWritable(failure);
        }
    }

    private void makeVisible(Path pointer) throws IOException, InterruptedException {
        Path blob = cache.blob(file.etag());
        if (Files.isRegularFile(blob) && Files.size(blob) == file.size()) {
            meter.add(file.size());
        } else {
            download(blob);
        }
        cache.link(file.etag(), pointer);
    }

    private void download(Path blob) throws IOException, InterruptedException {
        Files.createDirectories(blob.getParent());
        for (int attempt = 1; ; attempt++) {
            try (PartialBlob partial = PartialBlob.open(cache.incomplete(file.etag()), file, writer)) {
                meter.add(partial.position());
                requireSpace(blob, file.size() - partial.position());
                receive(partial);
                if (partial.isIntact()) {
                    partial.moveTo(blob);
                    return;
                }
                partial.discard();
            }
            if (attempt == 2) {
                throw new HubException(
                        Kind.CORRUPT,
                        subject
                                + " was downloaded twice with another hash than the hub reports; check proxies and the disk");
            }
            meter.add(-file.size());
        }
    }

    /** Sends requests until the file is complete. */
    private void receive(PartialBlob partial) throws IOException, InterruptedException {
        long step = Math.max(1, file.size() / STEPS);
        long milestone = partial.position() + step;
        int failures = 0;
        while (!partial.isFull()) {
            try {
                receiveOnce(partial);
            } catch (HubException failure) {
                if (partial.position() >= milestone) {
                    milestone = partial.position() + step;
                    failures = 0;
                }
                failures++;
                retry.pauseOrThrow(failure, failures, Retry.ATTEMPTS);
            }
        }
    }

    private void receiveOnce(PartialBlob partial) throws IOException, InterruptedException {
        long from = partial.position();
        HttpResponse<TimedBody> response = http.get(path, subject, from);
        try (TimedBody body = response.body()) {
            boolean resumes = response.statusCode() == 206
                    && response.headers().firstValue("Content-Range").orElse("").startsWith("bytes " + from + "-");
            if (from > 0 && !resumes) {
                meter.add(-from);
                partial.restart();
            }
            if (response.statusCode() == 200 || resumes) {
                requireExpectedSize(response, partial.position());
                copy(body, partial, response);
            }
        }
    }

    private void copy(TimedBody body, PartialBlob partial, HttpResponse<TimedBody> response)
            throws IOException, InterruptedException {
        while (!partial.isFull()) {
            ByteBuffer bytes = next(body, response);
            if (bytes == null) {
                throw new HubException(
                        Kind.UNREACHABLE,
                        subject + " ends after " + partial.position() + " of " + file.size() + " bytes");
            }
            meter.add(append(partial, bytes));
        }
        if (!partial.isVerifiable() && next(body, response) != null) {
            partial.discard();
            throw wrongSize();
        }
    }

    private @Nullable ByteBuffer next(TimedBody body, HttpResponse<TimedBody> response) throws InterruptedException {
        try {
            return body.next();
        } catch (IOException failure) {
            throw http.interrupted(failure, subject, response.uri());
        }
    }

    private int append(PartialBlob partial, ByteBuffer bytes) throws IOException {
        try {
            return partial.append(bytes);
        } catch (ClosedByInterruptException interrupted) {
            throw interrupted;
        } catch (IOException failure) {
            partial.discard();
            throw failure;
        }
    }

    /** Rejects a file of another size before it is downloaded, where the response has a Content-Length. */
    private void requireExpectedSize(HttpResponse<TimedBody> response, long from) {
        if (response.headers().firstValueAsLong("Content-Length").orElse(file.size() - from) != file.size() - from) {
            throw wrongSize();
        }
    }

    private HubException wrongSize() {
        return new HubException(
                Kind.CORRUPT,
                subject + " does not have the " + file.size() + " bytes that the hub reports; check proxies");
    }

    private void requireSpace(Path blob, long needed) throws IOException {
        long usable = Files.getFileStore(blob.getParent()).getUsableSpace();
        if (usable > 0 && usable < needed) {
            throw new HubException(
                    Kind.CACHE_NOT_WRITABLE,
                    String.format(
                            Locale.ROOT,
                            "%s needs %.1f MB, and the disk of the cache directory has %.1f MB left",
                            subject,
                            needed / MEGABYTE,
                            usable / MEGABYTE));
        }
    }

    private HubException notWritable(IOException failure) {
        return new HubException(
                Kind.CACHE_NOT_WRITABLE,
                subject + " cannot be stored in the cache directory (model_cache_dir): " + HubCache.reason(failure),
                failure);
    }
}
