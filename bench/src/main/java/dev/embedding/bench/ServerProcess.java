package dev.embedding.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server in a process of its own, on a free port of the loopback address; stopped when closed. */
final class ServerProcess implements AutoCloseable {

    private static final Duration STOP_PATIENCE = Duration.ofSeconds(40);

    /** When the benchmark is interrupted. */
    private static final Duration SHORT_PATIENCE = Duration.ofSeconds(10);

    private final Process process;
    private final int port;
    private final Path log;
    private final ProcessTree tree;

    /** How a server is started on a port. */
    @FunctionalInterface
    interface Launch {
        ProcessBuilder at(int port);
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /**
     * Starts a server; it need not answer yet.
     *
     * @param directory gets its {@code server.log}; a container's process, which is not below the command's, is named by
     *     the file {@code pid} in it
     */
    ServerProcess(Launch launch, Path directory) throws IOException {
        Files.createDirectories(directory);
        Path elsewhere = directory.resolve("pid");
        Files.deleteIfExists(elsewhere);
        log = directory.resolve("server.log");
        port = freePort();
        process = launch.at(port)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        tree = new ProcessTree(() -> Stream.concat(Stream.of(process.toHandle()), named(elsewhere).stream())
                .toList());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(SHORT_PATIENCE), "stop-server"));
    }

    private static Optional<ProcessHandle> named(Path file) {
        try {
            return Files.exists(file)
                    ? ProcessHandle.of(Long.parseLong(Files.readString(file).strip()))
                    : Optional.empty();
        } catch (IOException | NumberFormatException halfWritten) {
            return Optional.empty();
        }
    }

    /** An environment for servers: of the caller's own variables none that the service would read. */
    static void prepare(ProcessBuilder builder, Map<String, String> further) {
        Map<String, String> variables = builder.environment();
        variables.keySet().removeIf(name -> name.startsWith("EMBEDDING_") || name.equals("CORS_ORIGINS"));
        variables.putAll(further);
    }

    /** The last lines of what it wrote. */
    String lastWords() throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
    }

    boolean isAlive() {
        return process.isAlive();
    }

    int port() {
        return port;
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    ProcessTree tree() {
        return tree;
    }

    @Override
    public void close() {
        stop(STOP_PATIENCE);
    }

    private void stop(Duration patience) {
        List<ProcessHandle> descendants = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(patience.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        descendants.forEach(ProcessHandle::destroyForcibly);
    }
}
