package dev.embedding.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The built service in a process of its own, ready; stopped when closed. */
final class ServiceProcess implements AutoCloseable {

    private static final Duration START_PATIENCE = Duration.ofMinutes(2);

    private final ServerProcess server;

    /**
     * Starts the service and waits until it is ready.
     *
     * @param directory its working directory, made when missing: no {@code .env} of the caller's reaches it
     * @param options of the JVM besides those that come with the service
     * @param environment further variables, which win over the benchmark's own except the address
     */
    static ServiceProcess start(Path jar, Path directory, List<String> options, Map<String, String> environment)
            throws IOException, InterruptedException {
        ServiceProcess service =
                new ServiceProcess(new ServerProcess(launch(jar, directory, options, environment), directory));
        try {
            service.awaitReady();
        } catch (IOException | InterruptedException failure) {
            service.close();
            throw failure;
        }
        return service;
    }

    private ServiceProcess(ServerProcess server) {
        this.server = server;
    }

    /**
     * How the service is started for a measurement.
     *
     * @param options of the JVM besides those that come with the service
     * @param environment further variables, which win over the benchmark's own except the address
     */
    static ServerProcess.Launch launch(
            Path jar, Path directory, List<String> options, Map<String, String> environment) {
        return port -> {
            List<String> command = new ArrayList<>();
            command.add(java().toString());
            command.add("@" + jar.toAbsolutePath().resolveSibling("jvm.options"));
            command.addAll(options);
            command.addAll(List.of("-jar", jar.toAbsolutePath().toString()));
            Map<String, String> variables = new LinkedHashMap<>();
            variables.put("EMBEDDING_DEVICE", "cpu");
            // Texts come again after a while; an answer from the cache would be no work.
            variables.put("EMBEDDING_CACHE_SIZE", "0");
            variables.put("ORT_DISABLE_TELEMETRY", "1");
            variables.putAll(environment);
            variables.put("EMBEDDING_HOST", "127.0.0.1");
            variables.put("EMBEDDING_PORT", Integer.toString(port));
            ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
            ServerProcess.prepare(builder, variables);
            return builder;
        };
    }

    /** The program that runs the benchmark itself. */
    static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    private void awaitReady() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_PATIENCE.toNanos();
        while (!answers("/q/health/ready")) {
            if (!server.isAlive() || System.nanoTime() > deadline) {
                throw new IOException("The service did not become ready; its log:\n" + server.lastWords());
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
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
                URI.create("http://127.0.0.1:" + port() + path).toURL().openConnection();
        connection.setReadTimeout(1000);
        return connection;
    }

    /** Sum of the values of {@code GET /q/metrics} that have this name, whatever their labels. */
    double meter(String name) throws IOException {
        HttpURLConnection connection = open("/q/metrics");
        connection.setRequestProperty("Accept", "text/plain");
        try (InputStream exposition = connection.getInputStream()) {
            return new String(exposition.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        }
    }

    /** What it holds of the machine's memory. */
    long residentBytes() {
        return server.tree().residentBytes();
    }

    int port() {
        return server.port();
    }

    ProcessHandle handle() {
        return server.handle();
    }

    @Override
    public void close() {
        server.close();
    }
}
