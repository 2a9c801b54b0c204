package dev.embedding.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
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
        return answers("/q/health/ready");
    }

    /** Whether a path is answered 200 within a second. */
    boolean answers(String path) {
        try {
            return open(path).getResponseCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    private HttpURLConnection open(String path) throws IOException {
        HttpURLConnection connection = (HttpURLConnection)
                URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
        connection.setReadTimeout(1000);
        return connection;
    }

    /** A value of {@code GET /q/metrics} that has no labels; 0 when it is not there. */
    double meter(String name) throws IOException {
        HttpURLConnection connection = open("/q/metrics");
        connection.setRequestProperty("Accept", "text/plain");
        try (InputStream exposition = connection.getInputStream()) {
            return new String(exposition.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith(name + " "))
                    .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                    .findFirst()
                    .orElse(0);
        }
    }

    /** What it holds of the machine's memory. */
    long residentBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElse(0);
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
