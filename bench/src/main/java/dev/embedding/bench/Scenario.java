package dev.embedding.bench;

import java.util.List;

/**
 * A kind of load.
 *
 * @param clients callers that each send their next request when the last is answered
 * @param textsPerRequest texts in one request
 * @param lengths how long the texts are
 * @param texts how many distinct texts there are; they are taken in turn, again from the first after the last
 * @param target with several clients the least ratio of tokens a second, service ÷ bare engine; with a single client
 *     the largest ratio of their median latencies
 */
record Scenario(String name, int clients, int textsPerRequest, Lengths lengths, int texts, double target) {

    private static final Lengths SHORT = Lengths.between(8, 24);
    private static final Lengths PASSAGE = Lengths.between(96, 160);
    private static final Lengths MIXED = Lengths.logNormal(120, 0.8, 6, 510);
    private static final Lengths LONG = Lengths.between(480, 510);

    static final List<Scenario> ALL = List.of(
            new Scenario("short-16", 16, 1, SHORT, 4096, 0.85),
            new Scenario("passage-16", 16, 1, PASSAGE, 2048, 0.92),
            new Scenario("mixed-32", 32, 1, MIXED, 2048, 0.92),
            new Scenario("mixed-4x16", 4, 16, MIXED, 2048, 0.92),
            new Scenario("lone-short", 1, 1, SHORT, 2048, 1.25),
            new Scenario("lone-passage", 1, 1, PASSAGE, 1024, 1.25),
            new Scenario("lone-long", 1, 1, LONG, 512, 1.25));

    /** A single client with one text at a time: what counts is how long it waits. */
    boolean lone() {
        return clients == 1;
    }

    boolean met(double ratio) {
        return lone() ? ratio <= target : ratio >= target;
    }
}
