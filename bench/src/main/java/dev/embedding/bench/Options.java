package dev.embedding.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the command line asks for.
 *
 * @param kind what is measured: throughput, overload or fairness
 * @param rounds how often every side is measured
 * @param seconds how long either side is measured in a round
 * @param warmUp load on the service before a scenario's first round; the bare engine, with little to compile, gets a
 *     quarter of it
 * @param scenarios what is measured, in this order
 * @param environment variables of the service besides the benchmark's own
 */
record Options(
        Kind kind,
        int rounds,
        Duration seconds,
        Duration warmUp,
        List<Scenario> scenarios,
        Map<String, String> environment,
        boolean smoke) {

    /** Each a benchmark of its own. */
    enum Kind {
        THROUGHPUT(8),
        OVERLOAD(60),
        FAIRNESS(60);

        private final int seconds;

        Kind(int seconds) {
            this.seconds = seconds;
        }
    }

    static final String USAGE = """
            bench/run overload [--seconds 60] [--warm-up 20] [--smoke] [--env NAME=VALUE]...
            bench/run fairness [--seconds 60] [--warm-up 20] [--smoke] [--env NAME=VALUE]...
            bench/run [--rounds 5] [--seconds 8] [--warm-up 20] [--scenario NAME]... [--env NAME=VALUE]...
            bench/run --smoke        one round of 1 second a side, to see that it works
            Scenarios: %s""".formatted(
                    String.join(", ", Scenario.ALL.stream().map(Scenario::name).toList()));

    Options {
        if (rounds < 1) {
            throw new IllegalArgumentException("--rounds must be at least 1, not " + rounds);
        }
        if (seconds.isZero()) {
            throw new IllegalArgumentException("--seconds must be at least 1");
        }
    }

    /** Whether the figures may stand as the project's: every scenario, and long enough. */
    boolean complete() {
        return kind == Kind.THROUGHPUT && !smoke && scenarios.size() == Scenario.ALL.size();
    }

    /** @throws IllegalArgumentException for an option or a value that is not known */
    static Options parse(List<String> arguments) {
        boolean smoke = arguments.contains("--smoke");
        int rounds = smoke ? 1 : 5;
        Kind kind = kind(arguments);
        int seconds = smoke ? kind == Kind.THROUGHPUT ? 1 : 3 : kind.seconds;
        int warmUp = smoke ? 0 : 20;
        List<Scenario> scenarios = new ArrayList<>();
        Map<String, String> environment = new LinkedHashMap<>();
        List<String> options = kind == Kind.THROUGHPUT ? arguments : arguments.subList(1, arguments.size());
        for (var argument = options.iterator(); argument.hasNext(); ) {
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
                case "--scenario" -> scenarios.add(scenario(value));
                case "--env" -> environment.put(value.replaceAll("=.*", ""), value.replaceFirst("[^=]*=?", ""));
                default -> throw new IllegalArgumentException(option + " is unknown");
            }
        }
        return new Options(
                kind,
                rounds,
                Duration.ofSeconds(seconds),
                Duration.ofSeconds(warmUp),
                scenarios.isEmpty() ? Scenario.ALL : List.copyOf(scenarios),
                environment,
                smoke);
    }

    private static Kind kind(List<String> arguments) {
        String first = arguments.isEmpty() ? "" : arguments.get(0);
        return switch (first) {
            case "overload" -> Kind.OVERLOAD;
            case "fairness" -> Kind.FAIRNESS;
            default -> Kind.THROUGHPUT;
        };
    }

    private static int number(String option, String value) {
        if (!value.matches("\\d{1,4}")) {
            throw new IllegalArgumentException(option + " wants a number from 0 to 9999, not " + value);
        }
        return Integer.parseInt(value);
    }

    private static Scenario scenario(String name) {
        return Scenario.ALL.stream()
                .filter(scenario -> scenario.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no scenario " + name));
    }
}
