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
    private static final Lengths MIXED = Lengths.logNormal(124, 0.8, 6, 510); // 121 in the mean after the cut
    private static final Lengths LONG = Lengths.between(500, 500);

    private static final Scenario LONE_LONG = new Scenario("long-1", 1, 1, LONG, 512, 1.25);

    /** With which the service is measured beside other servers. */
    static final List<Scenario> SERVERS = List.of(
            new Scenario("short-1", 1, 1, SHORT, 2048, 1.25),
            new Scenario("short-16", 16, 1, SHORT, 4096, 1),
            new Scenario("short-64", 64, 1, SHORT, 4096, 1),
            new Scenario("passage-1", 1, 1, PASSAGE, 1024, 1.25),
            new Scenario("passage-16", 16, 1, PASSAGE, 2048, 1),
            new Scenario("mixed-32", 32, 1, MIXED, 2048, 1),
            new Scenario("mixed-4x16", 4, 16, MIXED, 2048, 1),
            new Scenario("long-2x2", 2, 2, LONG, 512, 1));

    /** With which the service is measured beside the bare engine. */
    static final List<Scenario> BARE = List.of(
            scenario("short-16"),
            scenario("short-64"),
            scenario("passage-16"),
            scenario("mixed-32"),
            scenario("mixed-4x16"),
            scenario("long-2x2"),
            scenario("short-1"),
            scenario("passage-1"),
            LONE_LONG);

    /** @throws IllegalArgumentException when there is none of that name */
    static Scenario scenario(String name) {
        if (name.equals(LONE_LONG.name())) {
            return LONE_LONG;
        }
        return SERVERS.stream()
                .filter(scenario -> scenario.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no scenario " + name));
    }

    /** A single client with one text at a time: what counts beside the bare engine is how long it waits. */
    boolean lone() {
        return clients == 1;
    }

    boolean met(double ratio) {
        return lone() ? ratio <= target : ratio >= target;
    }
}
