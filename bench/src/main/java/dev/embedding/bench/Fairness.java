package dev.embedding.bench;

import dev.embedding.bench.OpenLoad.Exchange;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One client's short queries beside another's ingest. */
final class Fairness {

    private static final double QUERIES_PER_SECOND = 5;
    private static final int INGESTS = 4;
    private static final int TEXTS_PER_INGEST = 1_000;
    private static final Lengths QUERY = Lengths.between(8, 24);
    private static final Lengths PASSAGES = Lengths.logNormal(120, 0.8, 6, 510);

    private Fairness() {}

    static String measure(Options options, Corpus corpus, ServiceProcess service)
            throws IOException, InterruptedException {
        Duration time = options.seconds();
        int queries = (int) (2
                        * QUERIES_PER_SECOND
                        * (2 * time.toSeconds() + options.warmUp().toSeconds()))
                + 100;
        Rotation<EmbedRequest> short1 = new Rotation<>(EmbedRequest.of(corpus.texts(QUERY, queries), 1));
        List<EmbedRequest> large =
                EmbedRequest.of(corpus.texts(PASSAGES, 2 * INGESTS * TEXTS_PER_INGEST), TEXTS_PER_INGEST);
        try (OpenLoad load = new OpenLoad(service.port(), short1)) {
            load.run(QUERIES_PER_SECOND, options.warmUp());
            try (Ingest ingest = new Ingest(service, large)) {
                ingest.start();
                TimeUnit.NANOSECONDS.sleep(options.warmUp().toNanos());
            }
            atRest(service);
            List<Exchange> idle = load.run(QUERIES_PER_SECOND, time);
            double lone;
            try (Ingest ingest = new Ingest(service, large)) {
                ingest.start();
                lone = tokensPerSecond(service, () -> TimeUnit.NANOSECONDS.sleep(time.toNanos()));
            }
            atRest(service);
            List<Exchange> beside = new ArrayList<>();
            double shared;
            try (Ingest ingest = new Ingest(service, large)) {
                ingest.start();
                shared = tokensPerSecond(service, () -> beside.addAll(load.run(QUERIES_PER_SECOND, time)));
            }
            atRest(service);
            double ofQueries = beside.stream().mapToInt(Exchange::tokens).sum() / (time.toNanos() / 1e9);
            return report(time, idle, beside, lone, shared - ofQueries);
        }
    }

    private static String report(
            Duration time, List<Exchange> idle, List<Exchange> beside, double lone, double shared) {
        Verdicts verdicts = new Verdicts("## Fairness: " + (int) QUERIES_PER_SECOND + " short queries a second beside "
                + INGESTS + " × " + TEXTS_PER_INGEST + " texts without pause, " + time.toSeconds() + " s each");
        verdicts.seen("query, idle, p50", "ms", quantile(idle, 0.5));
        verdicts.seen("query, idle, p99", "ms", quantile(idle, 0.99));
        verdicts.seen("query beside the ingest, p50", "ms", quantile(beside, 0.5));
        verdicts.seen("query beside the ingest, p99", "ms", quantile(beside, 0.99));
        verdicts.atMost("p50 ÷ idle", "", quantile(beside, 0.5) / quantile(idle, 0.5), 3);
        verdicts.atMost("p99 ÷ idle", "", quantile(beside, 0.99) / quantile(idle, 0.99), 4);
        verdicts.atMost(
                "queries not answered 200",
                "",
                beside.stream().filter(exchange -> exchange.status() != 200).count(),
                0);
        verdicts.seen("ingest alone", "tokens/s", lone);
        verdicts.atLeast("ingest beside the queries ÷ alone", "", shared / lone, 0.85);
        return verdicts.toString();
    }

    private static double quantile(List<Exchange> exchanges, double share) {
        return Quantile.of(exchanges.stream().mapToDouble(Exchange::millis).toArray(), share);
    }

    /** An interval of the load. */
    private interface Meanwhile {
        void pass() throws InterruptedException;
    }

    /** By the service's own counter: an ingest's answer comes too seldom to count by. */
    private static double tokensPerSecond(ServiceProcess service, Meanwhile meanwhile)
            throws IOException, InterruptedException {
        TimeUnit.SECONDS.sleep(2); // until the queue is full
        double tokens = service.meter("embedding_tokens_total");
        long start = System.nanoTime();
        meanwhile.pass();
        return (service.meter("embedding_tokens_total") - tokens) / ((System.nanoTime() - start) / 1e9);
    }

    private static void atRest(ServiceProcess service) throws IOException, InterruptedException {
        do {
            TimeUnit.SECONDS.sleep(1);
        } while (service.meter("embedding_queue_tokens") > 0);
    }

    /** Clients that send a thousand texts, and the next thousand when those are answered; they leave when it is closed. */
    private static final class Ingest implements AutoCloseable {

        private final List<EmbedConnection> connections = new ArrayList<>();
        private final List<Thread> clients = new ArrayList<>();
        private volatile boolean ended;

        Ingest(ServiceProcess service, List<EmbedRequest> requests) throws IOException {
            Rotation<EmbedRequest> turns = new Rotation<>(requests);
            for (int client = 0; client < INGESTS; client++) {
                EmbedConnection connection = new EmbedConnection(service.port());
                connections.add(connection);
                Thread thread = new Thread(() -> send(connection, turns), "ingest");
                thread.setDaemon(true);
                clients.add(thread);
            }
        }

        void start() {
            clients.forEach(Thread::start);
        }

        private void send(EmbedConnection connection, Rotation<EmbedRequest> turns) {
            try {
                while (!ended) {
                    EmbedRequest request = turns.next();
                    while (connection.exchange(request) != 200) {
                        TimeUnit.SECONDS.sleep(1); // refused where the machine is so slow that it would wait too long
                    }
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            } catch (IOException failed) {
                if (!ended) {
                    System.err.println("The ingest failed: " + failed.getMessage());
                }
            }
        }

        @Override
        public void close() throws IOException {
            ended = true;
            for (EmbedConnection connection : connections) {
                connection.close();
            }
            try {
                for (Thread client : clients) {
                    client.join();
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
