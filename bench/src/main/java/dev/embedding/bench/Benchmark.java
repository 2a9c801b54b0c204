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

/** Measures the built service beside the bare engine and beside other servers. Its working directory is the project's root. */
public final class Benchmark {

    private static final Path APPLICATION = Path.of("target", "quarkus-app");
    private static final Path JAR = APPLICATION.resolve("quarkus-run.jar");
    private static final Path MODEL = APPLICATION.resolve(Path.of("models", "BAAI", "bge-small-en-v1.5"));
    private static final Path BENCH = Path.of("bench");
    private static final String RESULTS = "results";
    private static final int BAD_USAGE = 2;

    private final Options options;
    private final Corpus corpus;
    private final Machine machine;
    private final Path output;

    private Benchmark(Options options, Corpus corpus) throws IOException, OrtException {
        this.options = options;
        this.corpus = corpus;
        machine = Machine.here();
        output = options.complete() && !options.smoke() ? BENCH : BENCH.resolve("target");
    }

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
        if (options.kind() == Options.Kind.SERVERS && WrkLoad.version().isEmpty()) {
            System.err.println(WrkLoad.HOW_TO_INSTALL);
            System.exit(1);
        }
        try (Corpus corpus = Corpus.open(BENCH.resolve("corpus.txt"), MODEL.resolve("tokenizer.json"))) {
            new Benchmark(options, corpus)
                    .run(String.join(" ", "bench/run", String.join(" ", arguments))
                            .strip());
        }
    }

    private void run(String command) throws IOException, OrtException, InterruptedException {
        String head = Report.head(command, machine);
        String report = head
                + switch (options.kind()) {
                    case ALL -> servers() + bare();
                    case BARE -> bare();
                    case SERVERS -> servers();
                    case OVERLOAD -> overload();
                    case FAIRNESS -> fairness();
                    case FORMATS -> formats();
                    case BODIES -> bodies();
                };
        System.out.write(report.getBytes(StandardCharsets.UTF_8)); // whatever the locale
        System.out.flush();
        if (options.kind().bare() || options.kind().servers()) {
            Files.createDirectories(output);
            Files.writeString(output.resolve("RESULTS.md"), report);
        }
    }

    private String bare() throws IOException, OrtException, InterruptedException {
        if (options.bareScenarios().isEmpty()) {
            return "";
        }
        List<Outcome> outcomes = new ArrayList<>();
        Path model = MODEL.resolve(Path.of("onnx", "model.onnx"));
        try (ServiceProcess service = service(Map.of())) {
            Contest contest = new Contest(options, corpus, model, service, machine.cores());
            for (Scenario scenario : options.bareScenarios()) {
                System.err.println("bare engine: " + scenario.name() + " ...");
                outcomes.add(contest.hold(scenario));
            }
        }
        new Results(output.resolve(RESULTS)).bare(outcomes);
        return Report.of(options, outcomes);
    }

    private String servers() throws IOException, InterruptedException {
        if (options.serverScenarios().isEmpty()) {
            return "";
        }
        if (WrkLoad.version().isEmpty()) {
            System.err.println(WrkLoad.HOW_TO_INSTALL);
            return "\n## Beside other servers\n\nNot measured: " + WrkLoad.HOW_TO_INSTALL + ".\n";
        }
        Opponents opponents =
                new Opponents(BENCH.resolve("opponents"), BENCH.resolve(Path.of("target", "opponents")), MODEL);
        try (ServersContest contest = new ServersContest(
                options,
                corpus,
                BENCH,
                opponents,
                directory -> ServiceProcess.launch(JAR, directory, options.jvm(), options.environment()))) {
            ServerFigures figures = contest.hold();
            new Results(output.resolve(RESULTS)).servers(figures);
            return ServerReport.of(figures, options, RESULTS);
        }
    }

    private String overload() throws IOException, InterruptedException {
        try (ServiceProcess service = service(Overload.ENVIRONMENT)) {
            return Overload.measure(options, corpus, service);
        }
    }

    private String fairness() throws IOException, InterruptedException {
        try (ServiceProcess service = service(Map.of())) {
            return Fairness.measure(options, corpus, service);
        }
    }

    private String formats() throws IOException, InterruptedException {
        try (ServiceProcess service = service(Formats.ENVIRONMENT)) {
            return Formats.measure(options, corpus, service);
        }
    }

    private String bodies() throws IOException, InterruptedException {
        try (ServiceProcess service = service(LargeBodies.ENVIRONMENT)) {
            return LargeBodies.measure(options, corpus, service);
        }
    }

    private ServiceProcess service(Map<String, String> environment) throws IOException, InterruptedException {
        Map<String, String> all = new LinkedHashMap<>(environment);
        all.putAll(options.environment());
        return ServiceProcess.start(JAR, BENCH.resolve(Path.of("target", "service")), options.jvm(), all);
    }
}
