package dev.embedding.bench;

import java.util.List;
import java.util.Map;

/**
 * All that was seen of the servers.
 *
 * @param processes of those that started, the service first
 * @param outcomes a scenario each
 * @param absent opponents without figures, or without those of some scenarios, and why
 * @param wrk version of the load generator
 */
record ServerFigures(
        List<ProcessFigures> processes, List<ServerOutcome> outcomes, Map<String, String> absent, String wrk) {

    /**
     * A server as a process.
     *
     * @param startSeconds from the start of the process to its first vector
     * @param residentMegabytes of all its processes after the loads
     * @param difference largest difference of a vector's component to the service's
     * @param versions of what it is made of
     */
    record ProcessFigures(
            Server server, Spread startSeconds, double residentMegabytes, double difference, List<String> versions) {}
}
