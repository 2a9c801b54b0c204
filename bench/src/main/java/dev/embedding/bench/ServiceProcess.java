package dev.embedding.bench;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The built service in a process of its own, on a free port of the loopback address; stopped when closed. */
final class ServiceProcess implements AutoCloseable {

    private static final Duration START_PATIENCE = Duration.ofMinutes(2);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(40);

    private final Process process;
    private final int port;
    private final Path log;

    /**
     * Starts the service and waits until it is ready.
     *
     * @param directory its working directory, made when missing: no {@code .env} of the caller's reaches it
     * @param environment further variables, which win over the benchmark's own except the address
     */
    static ServiceProcess start(Path jar, Path directory, Map<String, String> environment)
            throws IOException, InterruptedException {
        Files.createDirectories(directory);
        ServiceProcess service = new ServiceProcess(jar, directory, environment);
        try {
            service.awaitReady();
        } catch (IOException | InterruptedException failure) {
            service.close();
            throw failure;
        }
        return service;
    }

    private ServiceProcess(Path jar, Path directory, Map<String, String> environment) throws IOException {
        port = freePort();
        log = directory.resolve("service.log");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-jar",
                        jar.toAbsolutePath().toString())
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        Map<String, String> variables = builder.environment();
        variables.keySet().removeIf(name -> name.startsWith("EMBEDDING_") || name.equals("CORS_ORIGINS"));
        variables.put("EMBEDDING_DEVICE", "cpu");
        // Texts come again after a while; an answer from the cache would be no work.
        variables.put("EMBEDDING_CACHE_SIZE", "0");
        variables.put("ORT_DISABLE_TELEMETRY", "1");
        variables.putAll(environment);
        variables.put("EMBEDDING_HOST", "127.0.0.1");
        variables.put("EMBEDDING_PORT", Integer.toString(port));
        process = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "stop-service"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitReady() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_PATIENCE.toNanos();
        while (!isReady()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IOException("The service did not become ready; its log:\n" + Files.readString(log));
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    private boolean isReady() {
        try {
            URI ready = URI.create("http://127.0.0.1:" + port + "/q/health/ready");
            HttpURLConnection probe = (HttpURLConnection) ready.toURL().openConnection();
            probe.setReadTimeout(1000);
            return probe.getResponseCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    int port() {
        return port;
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
