package dev.embedding.bench;

import dev.embedding.bench.OpenLoad.Exchange;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Far more than a small machine can compute: passages that come at random, each of them only once. */
final class Overload {

    private static final double PER_SECOND = 300;
    private static final double MAX_WAIT_SECONDS = 2;
    private static final int CLIENTS = 16;
    private static final Lengths PASSAGE = Lengths.between(96, 160);

    static final Map<String, String> ENVIRONMENT = Map.of("EMBEDDING_MAX_QUEUE_WAIT", "2s");

    private Overload() {}

    static String measure(Options options, Corpus corpus, ServiceProcess service)
            throws IOException, InterruptedException {
        Duration time = options.seconds();
        int arrivals = (int) (1.1 * PER_SECOND * time.toSeconds()) + 100;
        List<Text> texts = corpus.texts(PASSAGE, arrivals + 2_048);
        Scenario closed = new Scenario("passage-16", CLIENTS, 1, PASSAGE, 2_048, 0);
        Rotation<EmbedRequest> requests = new Rotation<>(EmbedRequest.of(texts.subList(2_048, texts.size()), 1));
        ServiceSide calm = new ServiceSide(closed, texts.subList(0, 2_048), service);
        try (OpenLoad load = new OpenLoad(service.port(), requests)) {
            calm.check();
            if (!options.warmUp().isZero()) {
                calm.measure(options.warmUp());
            }
            double before = calm.measure(time.dividedBy(3)).tokensPerSecond();
            Watch watch = new Watch(service);
            long start = System.nanoTime();
            List<Exchange> exchanges = load.run(PER_SECOND, time);
            while (service.meter("embedding_queue_tokens") > 0) {
                Thread.onSpinWait();
            }
            double atRest = (System.nanoTime() - start) / 1e9 - time.toNanos() / 1e9;
            watch.close();
            double after = calm.measure(time.dividedBy(3)).tokensPerSecond();
            return report(exchanges, start, time, Math.max(before, after), atRest, watch);
        }
    }

    private static String report(
            List<Exchange> exchanges, long start, Duration time, double best, double atRest, Watch watch) {
        Verdicts verdicts = new Verdicts("## Overload: " + (int) PER_SECOND + " passages a second for "
                + time.toSeconds() + " s, maximum wait " + (int) MAX_WAIT_SECONDS + " s");
        long end = start + time.toNanos();
        double goodput = exchanges.stream()
                        .filter(exchange -> exchange.status() == 200 && exchange.end() < end)
                        .mapToDouble(Exchange::tokens)
                        .sum()
                / (time.toNanos() / 1e9);
        double[] answered = millis(exchanges, exchange -> exchange.status() == 200);
        double[] refused = millis(exchanges, exchange -> exchange.status() == 429);
        verdicts.seen("best without overload (16 clients, before or after)", "tokens/s", best);
        verdicts.seen("offered", "requests", exchanges.size());
        verdicts.seen("answered", "requests", answered.length);
        verdicts.atLeast("goodput ÷ best", "", goodput / best, 0.85);
        verdicts.seen("answered, p50", "ms", Quantile.of(answered, 0.5));
        verdicts.atMost("answered, p99", "ms", Quantile.of(answered, 0.99), (1.2 * MAX_WAIT_SECONDS + 1) * 1_000);
        verdicts.seen("refused (429), p50", "ms", Quantile.of(refused, 0.5));
        verdicts.seen("refused (429), p99", "ms", Quantile.of(refused, 0.99));
        verdicts.atMost(
                "other responses, or none",
                "requests",
                exchanges.size() - (double) answered.length - refused.length,
                0);
        verdicts.atMost("probes, slowest", "ms", Quantile.of(watch.probeMillis(), 1), 100);
        verdicts.atMost("probes without a response", "times", watch.unanswered(), 0);
        verdicts.seen("resident memory after a third", "MB", watch.residentMegabytes(1 / 3.0));
        verdicts.atMost(
                "resident memory at the end ÷ after a third",
                "",
                watch.residentMegabytes(1) / watch.residentMegabytes(1 / 3.0),
                1.05);
        verdicts.atMost("at rest after the load's end", "s", atRest, MAX_WAIT_SECONDS + 2);
        return verdicts.toString();
    }

    private static double[] millis(List<Exchange> exchanges, Predicate<Exchange> which) {
        return exchanges.stream().filter(which).mapToDouble(Exchange::millis).toArray();
    }
}
