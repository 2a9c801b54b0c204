package dev.embedding.bench;

import dev.embedding.bench.OpenLoad.Exchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One client's short queries beside bodies of 30 MB, two at once, that are taken or refused. */
final class LargeBodies {

    static final Map<String, String> ENVIRONMENT = Map.of("EMBEDDING_CACHE_SIZE", "0");

    private static final int BYTES = 30_000_000;
    private static final int AT_ONCE = 2;
    private static final double QUERIES_PER_SECOND = 20;
    private static final double MOST_MILLIS_MORE = 100;
    private static final Lengths QUERY = Lengths.between(8, 24);

    private static final List<Body> BODIES = List.of(
            new Body("one text of words", "{\"texts\":[\"", "word ", "\"]}"),
            new Body("one text of escapes", "{\"texts\":[\"", "\\u4e2d", "\"]}"),
            new Body("a field that is ignored", "{\"texts\":[\"a\"],\"other\":[0", ",0", "]}"),
            new Body("millions of numbers", "{\"texts\":[5", ",0", "]}"),
            new Body("millions of empty texts", "{\"texts\":[\"\"", ",\"\"", "]}"),
            new Body("no JSON at its end", "{\"texts\":[\"", "word ", "\"]}x"));

    private LargeBodies() {}

    /** All ASCII. */
    private record Body(String name, String start, String unit, String end) {

        EmbedRequest request() {
            int units = (BYTES - start.length() - end.length()) / unit.length();
            int length = start.length() + units * unit.length() + end.length();
            String header =
                    "POST /embed HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                            + length + "\r\n\r\n";
            return new EmbedRequest((header + start + unit.repeat(units) + end).getBytes(StandardCharsets.US_ASCII), 0);
        }
    }

    static String measure(Options options, Corpus corpus, ServiceProcess service)
            throws IOException, InterruptedException {
        Duration time = options.seconds();
        long seconds = (BODIES.size() + 1) * time.toSeconds() + options.warmUp().toSeconds();
        int queries = (int) (2 * QUERIES_PER_SECOND * seconds) + 200;
        Verdicts verdicts = new Verdicts("## Large bodies: " + (int) QUERIES_PER_SECOND
                + " short queries a second beside " + AT_ONCE + " bodies of " + BYTES / 1_000_000
                + " MB without pause, " + time.toSeconds() + " s each");
        Rotation<EmbedRequest> short1 = new Rotation<>(EmbedRequest.of(corpus.texts(QUERY, queries), 1));
        try (OpenLoad load = new OpenLoad(service.port(), short1)) {
            load.run(QUERIES_PER_SECOND, options.warmUp());
            List<Exchange> idle = load.run(QUERIES_PER_SECOND, time);
            double idleP99 = quantile(idle, 0.99);
            verdicts.seen("query, idle, p50", "ms", quantile(idle, 0.5));
            verdicts.seen("query, idle, p99", "ms", idleP99);
            for (Body body : BODIES) {
                List<Exchange> beside;
                Senders senders = new Senders(service.port(), body.request());
                try (senders) {
                    beside = load.run(QUERIES_PER_SECOND, time);
                }
                verdicts.seen(body.name() + ": the body itself, " + senders.statuses(), "ms", senders.median());
                verdicts.seen(body.name() + ": query, p50", "ms", quantile(beside, 0.5));
                verdicts.atMost(
                        body.name() + ": query, p99 - idle", "ms", quantile(beside, 0.99) - idleP99, MOST_MILLIS_MORE);
                verdicts.atMost(
                        body.name() + ": queries not answered 200",
                        "",
                        beside.stream()
                                .filter(exchange -> exchange.status() != 200)
                                .count(),
                        0);
            }
        }
        return verdicts.toString();
    }

    private static double quantile(List<Exchange> exchanges, double share) {
        return Quantile.of(exchanges.stream().mapToDouble(Exchange::millis).toArray(), share);
    }

    /** Clients that send the body, and send it again when it is answered. */
    private static final class Senders implements AutoCloseable {
        private final int port;
        private final EmbedRequest request;
        private final List<Exchange> exchanges = Collections.synchronizedList(new ArrayList<>());
        private final List<Thread> clients = new ArrayList<>();
        private volatile boolean ended;

        Senders(int port, EmbedRequest request) {
            this.port = port;
            this.request = request;
            for (int client = 0; client < AT_ONCE; client++) {
                Thread thread = new Thread(this::send, "large-body");
                thread.setDaemon(true);
                thread.start();
                clients.add(thread);
            }
        }

        private void send() {
            while (!ended) {
                try (EmbedConnection connection = new EmbedConnection(port)) {
                    while (!ended) {
                        long start = System.nanoTime();
                        int status = connection.exchange(request);
                        exchanges.add(new Exchange(start, System.nanoTime(), status, 0));
                    }
                } catch (IOException closed) {
                    // A body that is refused before it is read ends its connection.
                    exchanges.add(new Exchange(0, 0, OpenLoad.NO_ANSWER, 0));
                }
            }
        }

        String statuses() {
            return "answered with "
                    + String.join(
                            ", ",
                            exchanges.stream()
                                    .map(exchange -> Integer.toString(exchange.status()))
                                    .distinct()
                                    .sorted()
                                    .toList());
        }

        double median() {
            return quantile(
                    exchanges.stream()
                            .filter(exchange -> exchange.status() != OpenLoad.NO_ANSWER)
                            .toList(),
                    0.5);
        }

        @Override
        public void close() {
            ended = true;
            try {
                for (Thread client : clients) {
                    client.join(TimeUnit.MINUTES.toMillis(1));
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
