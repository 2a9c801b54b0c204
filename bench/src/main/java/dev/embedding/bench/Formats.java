package dev.embedding.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What the form of an answer costs: the same texts, whose vectors are all in the cache, as numbers of {@code /embed} and of
 * OpenAI's API, and as its base64. One client, so that the time of an answer is that of its making and sending.
 */
final class Formats {

    private static final int TEXTS = 256;
    private static final Lengths PASSAGE = Lengths.between(96, 160);
    private static final Duration SHORTEST = Duration.ofSeconds(1);

    static final Map<String, String> ENVIRONMENT = Map.of("EMBEDDING_CACHE_SIZE", "64M");

    private static final Map<String, Shape> SHAPES = shapes();

    private Formats() {}

    private static Map<String, Shape> shapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        shapes.put("/embed", Shape.OURS);
        shapes.put("/v1/embeddings, float", Shape.OPENAI_FLOAT);
        shapes.put("/v1/embeddings, base64", Shape.OPENAI_BASE64);
        return shapes;
    }

    static String measure(Options options, Corpus corpus, ServiceProcess service)
            throws IOException, InterruptedException {
        List<Text> texts = corpus.texts(PASSAGE, TEXTS);
        Map<String, List<Measurement>> rounds = new LinkedHashMap<>();
        Map<String, Integer> bytes = new LinkedHashMap<>();
        for (Map.Entry<String, Shape> shape : SHAPES.entrySet()) {
            EmbedRequest request = EmbedRequest.of(shape.getValue(), texts);
            bytes.put(
                    shape.getKey(),
                    run(request, options.warmUp().dividedBy(SHAPES.size()), service)
                            .bytes());
            rounds.put(shape.getKey(), new ArrayList<>());
        }
        for (int round = 0; round < options.rounds(); round++) {
            for (Map.Entry<String, Shape> shape : SHAPES.entrySet()) {
                EmbedRequest request = EmbedRequest.of(shape.getValue(), texts);
                rounds.get(shape.getKey())
                        .add(run(request, options.seconds(), service).measurement());
            }
        }
        return report(rounds, bytes);
    }

    private record Run(Measurement measurement, int bytes) {}

    private static Run run(EmbedRequest request, Duration time, ServiceProcess service)
            throws IOException, InterruptedException {
        Duration window = time.compareTo(SHORTEST) < 0 ? SHORTEST : time;
        try (EmbedConnection connection = new EmbedConnection(service.port())) {
            Caller caller = () -> {
                connection.send(request);
                return request.tokens();
            };
            Measurement measured = ClosedLoop.run(List.of(caller), window, service.handle());
            return new Run(measured, connection.bodyBytes());
        }
    }

    private static String report(Map<String, List<Measurement>> rounds, Map<String, Integer> bytes) {
        Verdicts verdicts = new Verdicts("## Forms of an answer: " + TEXTS + " vectors from the cache, one client");
        rounds.forEach((name, measurements) -> {
            verdicts.seen(name + ": size", "kB", bytes.get(name) / 1e3);
            verdicts.seen(name + ": an answer", "ms", median(measurements, Measurement::medianLatency));
            verdicts.seen(
                    name + ": CPU of the service for an answer",
                    "ms",
                    median(measurements, round -> round.cpuSeconds() * 1e3 / round.latencies().length));
        });
        return verdicts.toString();
    }

    private static double median(List<Measurement> measurements, ToDoubleFunction<Measurement> figure) {
        return Quantile.median(measurements.stream().mapToDouble(figure).toArray());
    }
}
