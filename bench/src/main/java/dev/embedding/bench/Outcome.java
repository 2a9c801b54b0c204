package dev.embedding.bench;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** What a scenario's rounds say. The bare engine stands for its shape with the higher median of tokens a second. */
record Outcome(Scenario scenario, List<Round> rounds) {

    /**
     * One measurement of each side, right after each other.
     *
     * @param bare one for each of the bare engine's shapes
     */
    record Round(List<Measurement> bare, Measurement service) {}

    int bareShape() {
        return IntStream.range(0, rounds.get(0).bare().size())
                .boxed()
                .max(Comparator.comparingDouble(shape ->
                        over(round -> round.bare().get(shape).tokensPerSecond()).median()))
                .orElseThrow();
    }

    /** A figure of the bare engine. */
    Spread bare(ToDoubleFunction<Measurement> figure) {
        int shape = bareShape();
        return over(round -> figure.applyAsDouble(round.bare().get(shape)));
    }

    Spread service(ToDoubleFunction<Measurement> figure) {
        return over(round -> figure.applyAsDouble(round.service()));
    }

    /** Service ÷ bare engine, within each round. */
    Spread ratio(ToDoubleFunction<Measurement> figure) {
        int shape = bareShape();
        return over(round -> figure.applyAsDouble(round.service())
                / figure.applyAsDouble(round.bare().get(shape)));
    }

    /** The ratio that the scenario has a target for. */
    Spread ratio() {
        return ratio(scenario.lone() ? Measurement::medianLatency : Measurement::tokensPerSecond);
    }

    /** Milliseconds that the given share of all rounds' requests did not exceed. */
    double serviceLatency(double share) {
        double[] latencies = rounds.stream()
                .flatMapToDouble(round -> Arrays.stream(round.service().latencies()))
                .toArray();
        return Quantile.of(latencies, share);
    }

    private Spread over(ToDoubleFunction<Round> figure) {
        return Spread.of(rounds.stream().mapToDouble(figure).toArray());
    }
}
