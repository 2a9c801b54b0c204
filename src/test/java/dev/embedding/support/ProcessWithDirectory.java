package dev.embedding.support;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Process that creates its {@link ProcessDirectory}, puts a file there, and exits when its standard input ends. */
final class ProcessWithDirectory implements AutoCloseable {

    private final Process process;
    private final BufferedReader output;

    private ProcessWithDirectory(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Main method of the process. */
    public static void main(String... arguments) throws IOException {
        Path directory = ProcessDirectory.path();
        ProcessDirectory.deleteAtExit(Files.createFile(directory.resolve("library.so")));
        System.out.println(directory);
        int unused = System.in.read();
    }

    static ProcessWithDirectory start(Path temporary) {
        String separator = System.getProperty("path.separator");
        try {
            return new ProcessWithDirectory(new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Djava.io.tmpdir=" + temporary,
                            "-cp",
                            location(ProcessDirectory.class) + separator + location(ProcessWithDirectory.class),
                            ProcessWithDirectory.class.getName())
                    .redirectErrorStream(true)
                    .start());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static Path location(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (java.net.URISyntaxException malformed) {
            throw new IllegalStateException(malformed);
        }
    }

    /** Waits until the process has created its directory. */
    Path directory() {
        try {
            return Path.of(output.readLine());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Kills the process (SIGKILL) and waits for its end. */
    void kill() {
        process.destroyForcibly();
        await();
    }

    /** Ends the process's input and waits for its exit. */
    void end() {
        try {
            process.getOutputStream().close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        await();
    }

    private void await() {
        try {
            int unused = process.waitFor();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
