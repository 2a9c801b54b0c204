package dev.embedding.bench;

import java.util.List;
import java.util.Map;

/** Target for the service: so many times another server's tokens a second in a scenario. */
record Target(String scenario, String opponent, double factor) {

    static final List<Target> ALL = List.of(
            new Target("short-1", Server.TEI, 1.15),
            new Target("short-16", Server.TEI, 1.6),
            new Target("short-64", Server.TEI, 2.0),
            new Target("passage-1", Server.TEI, 1.05),
            new Target("passage-16", Server.LANGCHAIN4J, 1.3),
            new Target("mixed-32", Server.LANGCHAIN4J, 1.3),
            new Target("mixed-32", Server.TEI, 3.2),
            new Target("mixed-4x16", Server.LANGCHAIN4J, 2.2),
            new Target("mixed-4x16", Server.TEI, 4),
            new Target("long-2x2", Server.TEI, 1.3));

    /** Tokens a second of text-embeddings-inference on another machine, of two cores, on another day. */
    static final Map<String, Double> TEI_ELSEWHERE = Map.of(
            "short-1", 1900.0,
            "short-16", 2500.0,
            "short-64", 2000.0,
            "passage-1", 3200.0,
            "passage-16", 2900.0,
            "mixed-32", 1180.0,
            "mixed-4x16", 920.0,
            "long-2x2", 2270.0);

    static final double TEI_ELSEWHERE_MEGABYTES = 655;
    static final double TEI_ELSEWHERE_START_SECONDS = 0.8;

    private static final int JDK_WITH_CACHE = 25;

    /** Seconds to the first response on this JDK. */
    static double startSeconds() {
        return Runtime.version().feature() >= JDK_WITH_CACHE ? 2 : 3;
    }
}
