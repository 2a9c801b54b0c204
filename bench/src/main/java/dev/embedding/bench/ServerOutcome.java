package dev.embedding.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What the servers did with a scenario.
 *
 * @param runs of each server that did not fail, by its name, in the order of the rounds, of a slow one the first only; the
 *     service's are there
 */
record ServerOutcome(Scenario scenario, Map<String, List<WrkLoad.Run>> runs) {

    Set<String> servers() {
        return runs.keySet();
    }

    boolean has(String server) {
        return runs.containsKey(server);
    }

    Spread figure(String server, ToDoubleFunction<Measurement> figure) {
        return Spread.of(values(server, figure));
    }

    /** Tokens a second, service ÷ the other, within each round. */
    Spread ratio(String other) {
        double[] ours = values(Server.SERVICE.name(), Measurement::tokensPerSecond);
        double[] theirs = values(other, Measurement::tokensPerSecond);
        return Spread.of(IntStream.range(0, Math.min(ours.length, theirs.length))
                .mapToDouble(round -> ours[round] / theirs[round])
                .toArray());
    }

    /** Milliseconds that the given share of all rounds' requests did not exceed. */
    double latency(String server, double share) {
        return Quantile.of(
                of(server).stream()
                        .flatMapToDouble(run -> Arrays.stream(run.measurement().latencies()))
                        .toArray(),
                share);
    }

    int failed(String server) {
        return of(server).stream().mapToInt(WrkLoad.Run::failed).sum();
    }

    /** Most cores that other servers than the measured one kept busy in any of the runs. */
    double othersCores() {
        return runs.values().stream()
                .flatMap(List::stream)
                .mapToDouble(WrkLoad.Run::othersCores)
                .max()
                .orElse(0);
    }

    List<WrkLoad.Run> of(String server) {
        List<WrkLoad.Run> its = runs.get(server);
        if (its == null) {
            throw new IllegalArgumentException(server + " was not measured");
        }
        return its;
    }

    private double[] values(String server, ToDoubleFunction<Measurement> figure) {
        return of(server).stream()
                .mapToDouble(run -> figure.applyAsDouble(run.measurement()))
                .toArray();
    }
}
