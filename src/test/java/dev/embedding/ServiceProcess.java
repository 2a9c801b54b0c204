package dev.embedding;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The packaged application as a process of its own, in a working directory of its own, on a loopback port. What it
 * writes is kept in files there, and the directory goes when the process is closed.
 */
final class ServiceProcess implements AutoCloseable {

    private static final Duration START_PATIENCE = Duration.ofSeconds(60);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(30);

    private final Process process;
    private final Path directory;
    private final int port;
    private final ServiceClient client;

    ServiceProcess(Process process, Path directory, int port) {
        this.process = process;
        this.directory = directory;
        this.port = port;
        this.client = new ServiceClient(URI.create("http://127.0.0.1:" + port));
    }

    /** The default environment, on a free port. */
    static ServiceStart configure() {
        return new ServiceStart();
    }

    /** Waits until the path answers 200; a process that has ended by then is a failure. */
    ServiceProcess await(String probe) {
        try {
            Await.until(
                    START_PATIENCE,
                    () -> !process.isAlive() || client.statusOf(probe).equals(Optional.of(200)),
                    () -> probe + " is not 200:\n" + output());
        } catch (AssertionError failure) {
            close();
            throw failure;
        }
        if (!process.isAlive()) {
            throw new AssertionError("The service ended with " + process.exitValue() + ":\n" + output());
        }
        return this;
    }

    ServiceClient client() {
        return client;
    }

    RawConnection connect() throws IOException {
        return new RawConnection(port);
    }

    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    /** A number of its {@code /proc/pid/status}, as {@code VmRSS}, which is in kilobytes. */
    long status(String field) {
        try (Stream<String> lines =
                Files.lines(Path.of("/proc", Long.toString(pid()), "status"), StandardCharsets.US_ASCII)) {
            return lines.filter(line -> line.startsWith(field + ":"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Its working directory, with a folder {@code tmp} for what the JVM unpacks. */
    Path directory() {
        return directory;
    }

    String stdout() {
        return read("stdout.log");
    }

    String stderr() {
        return read("stderr.log");
    }

    String output() {
        return stdout() + stderr();
    }

    private String read(String file) {
        try {
            return Files.readString(directory.resolve(file), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Waits for the process to end by itself; its exit code. */
    int exitCode() {
        try {
            if (!process.waitFor(STOP_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("The service does not end:\n" + output());
            }
            return process.exitValue();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** Asks the process to end (SIGTERM). */
    void terminate() {
        process.destroy();
    }

    /** Asks the process to end (SIGTERM) and waits for it; its exit code. */
    int stop() {
        terminate();
        return exitCode();
    }

    /** Ends the process at once (SIGKILL), and waits for its end. */
    void kill() {
        process.destroyForcibly();
        int unused = exitCode();
    }

    /** Ends the process, and removes its working directory. */
    @Override
    public void close() {
        try {
            if (process.isAlive()) {
                stop();
            }
        } finally {
            process.destroyForcibly();
            deleteDirectory();
        }
    }

    private void deleteDirectory() {
        try (Stream<Path> content = Files.walk(directory)) {
            for (Path path : content.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
