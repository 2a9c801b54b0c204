package dev.embedding.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A server that has answered once; stopped when closed. */
final class RunningServer implements AutoCloseable {

    private static final Duration START_PATIENCE = Duration.ofMinutes(5);
    private static final Duration REST_PATIENCE = Duration.ofMinutes(2);
    private static final Duration REST_INTERVAL = Duration.ofMillis(200);
    private static final double AT_REST_CORES = 0.05;
    private static final Pattern VECTOR = Pattern.compile("\\[([-+.0-9eE, \n]+)]");

    private final Server server;
    private final ServerProcess process;
    private final double startSeconds;

    RunningServer(Server server, ServerProcess.Launch launch, Path directory, Text first)
            throws IOException, InterruptedException {
        this.server = server;
        long begin = System.nanoTime();
        process = new ServerProcess(launch, directory);
        try {
            awaitFirstAnswer(EmbedRequest.of(server.shape(), List.of(first)), begin);
        } catch (IOException | InterruptedException failed) {
            process.close();
            throw failed;
        }
        startSeconds = (System.nanoTime() - begin) / 1e9;
    }

    private void awaitFirstAnswer(EmbedRequest request, long begin) throws IOException, InterruptedException {
        while (!answers(request)) {
            if (!process.isAlive() || System.nanoTime() - begin > START_PATIENCE.toNanos()) {
                throw new IOException("it did not answer after its start; its log ends with:\n" + process.lastWords());
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    private boolean answers(EmbedRequest request) {
        try (EmbedConnection connection = new EmbedConnection(process.port())) {
            return connection.exchange(request) == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    Server server() {
        return server;
    }

    int port() {
        return process.port();
    }

    ProcessTree tree() {
        return process.tree();
    }

    /** From the start of its process to its first response with a vector. */
    double startSeconds() {
        return startSeconds;
    }

    /** The texts' vectors, asked for in one request. */
    List<double[]> vectors(List<Text> texts) throws IOException {
        try (EmbedConnection connection = new EmbedConnection(port())) {
            connection.send(EmbedRequest.of(server.shape(), texts));
            List<double[]> vectors = new ArrayList<>();
            Matcher vector = VECTOR.matcher(connection.body());
            while (vector.find()) {
                vectors.add(Stream.of(vector.group(1).split(","))
                        .mapToDouble(Double::parseDouble)
                        .toArray());
            }
            if (vectors.size() != texts.size()) {
                throw new IOException("it answered " + vectors.size() + " vectors for " + texts.size() + " texts");
            }
            return vectors;
        }
    }

    /** Waits until it computes nothing any more: wrk goes away without waiting for its last answers. */
    void awaitRest() throws InterruptedException {
        long deadline = System.nanoTime() + REST_PATIENCE.toNanos();
        double used;
        do {
            used = process.tree().cpuSeconds();
            TimeUnit.MILLISECONDS.sleep(REST_INTERVAL.toMillis());
            used = process.tree().cpuSeconds() - used;
        } while (used > AT_REST_CORES * REST_INTERVAL.toNanos() / 1e9 && System.nanoTime() < deadline);
    }

    @Override
    public void close() {
        process.close();
    }
}
