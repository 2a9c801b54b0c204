package dev.embedding.bench;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Measures the built service beside the bare engine. Its working directory is the project's root. */
public final class Benchmark {

    private static final Path APPLICATION = Path.of("target", "quarkus-app");
    private static final Path MODEL = APPLICATION.resolve(Path.of("models", "BAAI", "bge-small-en-v1.5"));
    private static final Path BENCH = Path.of("bench");
    private static final int BAD_USAGE = 2;

    private Benchmark() {}

    /** Ends with 0 whether targets are met or not, with 1 when something failed, with 2 for a wrong command line. */
    public static void main(String... arguments) throws IOException, OrtException, InterruptedException {
        Options options;
        try {
            options = Options.parse(List.of(arguments));
        } catch (IllegalArgumentException wrong) {
            System.err.println(wrong.getMessage() + "\n\n" + Options.USAGE);
            System.exit(BAD_USAGE);
            return;
        }
        run(options, String.join(" ", "bench/run", String.join(" ", arguments)).strip());
    }

    private static void run(Options options, String command) throws IOException, OrtException, InterruptedException {
        Machine machine = Machine.here();
        Map<String, String> environment = new LinkedHashMap<>();
        if (options.kind() == Options.Kind.OVERLOAD) {
            environment.putAll(Overload.ENVIRONMENT);
        }
        environment.putAll(options.environment());
        String report;
        try (Corpus corpus = Corpus.open(BENCH.resolve("corpus.txt"), MODEL.resolve("tokenizer.json"));
                ServiceProcess service = ServiceProcess.start(
                        APPLICATION.resolve("quarkus-run.jar"),
                        BENCH.resolve(Path.of("target", "service")),
                        environment)) {
            report = switch (options.kind()) {
                case THROUGHPUT -> throughput(options, command, machine, corpus, service);
                case OVERLOAD -> Report.head(command, machine) + Overload.measure(options, corpus, service);
                case FAIRNESS -> Report.head(command, machine) + Fairness.measure(options, corpus, service);
            };
        }
        System.out.write(report.getBytes(StandardCharsets.UTF_8)); // whatever the locale
        System.out.flush();
        if (options.complete()) {
            Files.writeString(BENCH.resolve("RESULTS.md"), report);
        }
    }

    private static String throughput(
            Options options, String command, Machine machine, Corpus corpus, ServiceProcess service)
            throws IOException, OrtException, InterruptedException {
        List<Outcome> outcomes = new ArrayList<>();
        Path model = MODEL.resolve(Path.of("onnx", "model.onnx"));
        Contest contest = new Contest(options, corpus, model, service, machine.cores());
        for (Scenario scenario : options.scenarios()) {
            System.err.println(scenario.name() + " ...");
            outcomes.add(contest.hold(scenario));
        }
        return Report.of(command, options, machine, outcomes);
    }
}
