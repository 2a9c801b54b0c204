package dev.embedding.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the command line asks for.
 *
 * @param kind what is measured
 * @param rounds how often every side is measured
 * @param seconds how long either side is measured in a round
 * @param warmUp load on the service before a scenario's first round; the bare engine, with little to compile, gets a
 *     quarter of it, and a server that stays up for all scenarios all of it once and then a fifth before each
 * @param scenarios names of those that are measured; empty for all
 * @param opponents servers beside the service, in this order
 * @param environment variables of the service besides the benchmark's own
 * @param jvm options of the service's JVM
 */
record Options(
        Kind kind,
        int rounds,
        Duration seconds,
        Duration warmUp,
        List<String> scenarios,
        List<Server> opponents,
        Map<String, String> environment,
        List<String> jvm,
        boolean smoke) {

    /** Each a benchmark of its own; {@code ALL} is the bare engine and the servers. */
    enum Kind {
        ALL(6),
        BARE(6),
        SERVERS(6),
        OVERLOAD(60),
        FAIRNESS(60),
        FORMATS(6),
        BODIES(10);

        private final int seconds;

        Kind(int seconds) {
            this.seconds = seconds;
        }

        boolean bare() {
            return this == ALL || this == BARE;
        }

        boolean servers() {
            return this == ALL || this == SERVERS;
        }
    }

    private static final int ROUNDS = 3;

    static final String USAGE = """
            bench/run [bare|servers] [--rounds 3] [--seconds 6] [--warm-up 20] [--scenario NAME]... [--opponent NAME]...
                      [--env NAME=VALUE]... [--jvm OPTION]...
            bench/run overload [--seconds 60] [--warm-up 20] [--smoke] [--env NAME=VALUE]... [--jvm OPTION]...
            bench/run fairness [--seconds 60] [--warm-up 20] [--smoke] [--env NAME=VALUE]... [--jvm OPTION]...
            bench/run formats [--rounds 3] [--seconds 6] [--warm-up 20] [--smoke] [--env NAME=VALUE]... [--jvm OPTION]...
            bench/run bodies [--seconds 10] [--warm-up 20] [--smoke] [--env NAME=VALUE]... [--jvm OPTION]...
            bench/run --smoke          the bare engine: one round of 1 second a side, to see that it works
            bench/run servers --smoke  the same with the servers
            Scenarios of the bare engine: %s
            Scenarios of the servers: %s
            Other servers (--opponent): %s""".formatted(
                    names(Scenario.BARE.stream().map(Scenario::name)),
                    names(Scenario.SERVERS.stream().map(Scenario::name)),
                    names(Server.OPPONENTS.stream().map(Server::name)));

    Options {
        if (rounds < 1) {
            throw new IllegalArgumentException("--rounds must be at least 1, not " + rounds);
        }
        if (seconds.isZero()) {
            throw new IllegalArgumentException("--seconds must be at least 1");
        }
        for (String scenario : scenarios) {
            if (bareScenarios(kind, List.of(scenario)).isEmpty()
                    && serverScenarios(kind, List.of(scenario)).isEmpty()) {
                throw new IllegalArgumentException("There is no scenario " + scenario + " here");
            }
        }
    }

    private static String names(Stream<String> names) {
        return String.join(", ", names.toList());
    }

    /** Whether the figures may stand as the project's: everything, and long enough. */
    boolean complete() {
        return kind == Kind.ALL && scenarios.isEmpty() && opponents.size() == Server.OPPONENTS.size();
    }

    List<Scenario> bareScenarios() {
        return bareScenarios(kind, scenarios);
    }

    List<Scenario> serverScenarios() {
        return serverScenarios(kind, scenarios);
    }

    private static List<Scenario> bareScenarios(Kind kind, List<String> names) {
        return kind.bare() ? chosen(Scenario.BARE, names) : List.of();
    }

    private static List<Scenario> serverScenarios(Kind kind, List<String> names) {
        return kind.servers() ? chosen(Scenario.SERVERS, names) : List.of();
    }

    private static List<Scenario> chosen(List<Scenario> all, List<String> names) {
        return all.stream()
                .filter(scenario -> names.isEmpty() || names.contains(scenario.name()))
                .toList();
    }

    /** @throws IllegalArgumentException for an option or a value that is not known */
    static Options parse(List<String> arguments) {
        boolean smoke = arguments.contains("--smoke");
        String first = arguments.isEmpty() ? "--" : arguments.get(0);
        boolean named = !first.startsWith("--");
        Kind kind = named ? kind(first) : smoke ? Kind.BARE : Kind.ALL;
        int rounds = smoke ? 1 : ROUNDS;
        int seconds = smoke ? kind.bare() || kind.servers() ? 1 : 3 : kind.seconds;
        int warmUp = smoke ? 0 : 20;
        List<String> scenarios = new ArrayList<>();
        List<Server> opponents = new ArrayList<>();
        Map<String, String> environment = new LinkedHashMap<>();
        List<String> jvm = new ArrayList<>();
        for (var argument = arguments.subList(named ? 1 : 0, arguments.size()).iterator(); argument.hasNext(); ) {
            String option = argument.next();
            if (option.equals("--smoke")) {
                continue;
            }
            if (!argument.hasNext()) {
                throw new IllegalArgumentException(option + " is unknown or lacks its value");
            }
            String value = argument.next();
            switch (option) {
                case "--rounds" -> rounds = number(option, value);
                case "--seconds" -> seconds = number(option, value);
                case "--warm-up" -> warmUp = number(option, value);
                case "--scenario" -> scenarios.add(value);
                case "--opponent" -> opponents.add(Server.opponent(value));
                case "--env" -> environment.put(value.replaceAll("=.*", ""), value.replaceFirst("[^=]*=?", ""));
                case "--jvm" -> jvm.add(value);
                default -> throw new IllegalArgumentException(option + " is unknown");
            }
        }
        return new Options(
                kind,
                rounds,
                Duration.ofSeconds(seconds),
                Duration.ofSeconds(warmUp),
                List.copyOf(scenarios),
                opponents.isEmpty() ? Server.OPPONENTS : List.copyOf(opponents),
                environment,
                List.copyOf(jvm),
                smoke);
    }

    private static Kind kind(String name) {
        return switch (name) {
            case "bare" -> Kind.BARE;
            case "servers" -> Kind.SERVERS;
            case "overload" -> Kind.OVERLOAD;
            case "fairness" -> Kind.FAIRNESS;
            case "formats" -> Kind.FORMATS;
            case "bodies" -> Kind.BODIES;
            default -> throw new IllegalArgumentException("There is no benchmark " + name);
        };
    }

    private static int number(String option, String value) {
        if (!value.matches("\\d{1,4}")) {
            throw new IllegalArgumentException(option + " wants a number from 0 to 9999, not " + value);
        }
        return Integer.parseInt(value);
    }
}
