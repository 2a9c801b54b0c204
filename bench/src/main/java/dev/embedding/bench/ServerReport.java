package dev.embedding.bench;

import dev.embedding.bench.ServerFigures.ProcessFigures;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** What was seen of the servers, in Markdown. */
final class ServerReport {

    private static final String ELSEWHERE = "measured elsewhere, on another day";

    private final StringBuilder text = new StringBuilder();
    private final ServerFigures figures;

    private ServerReport(ServerFigures figures) {
        this.figures = figures;
    }

    /** @param charts where the charts lie, relative to the report */
    static String of(ServerFigures figures, Options options, String charts) {
        ServerReport report = new ServerReport(figures);
        report.head(options);
        report.verdicts();
        report.chart(charts, "throughput", "Tokens a second of each server in each scenario");
        report.outcomes();
        report.chart(charts, "efficiency", "Tokens a CPU-second of each server in each scenario");
        report.chart(charts, "latency", "p50 to p99 of each server in each scenario");
        report.processes();
        report.chart(charts, "memory", "Resident memory of each server");
        report.chart(charts, "start", "Start to the first response of each server");
        return report.text.toString();
    }

    private void head(Options options) {
        line("");
        line("## Comparison with other servers");
        line("");
        line(
                "bge-small-en-v1.5 in fp32 everywhere, the same texts, true tokens. %s generates the load.",
                figures.wrk());
        line(
                "Rounds: %d of about %d s on each server in turn; figures are the median (least – most) over the rounds.",
                options.rounds(), options.seconds().toSeconds());
        line(
                "Of a server that needed more than a minute for a scenario there are fewer rounds (`results/servers.csv`).");
        if (options.smoke()) {
            line("");
            line("**A smoke run: it shows that the benchmark works, and its figures mean nothing.**");
        }
        if (!figures.absent().isEmpty()) {
            line("");
            figures.absent()
                    .forEach((name, reason) -> line(
                            "- `%s` is missing: %s",
                            name, reason.lines().findFirst().orElse("")));
        }
    }

    private void verdicts() {
        Verdicts verdicts = new Verdicts("### Targets");
        for (ServerOutcome outcome : figures.outcomes()) {
            String scenario = outcome.scenario().name();
            best(outcome)
                    .ifPresent(best -> verdicts.atLeast(
                            scenario + ": ÷ the best other server, `" + best + "`",
                            "",
                            outcome.ratio(best).median(),
                            1));
            Target.ALL.stream()
                    .filter(target -> target.scenario().equals(scenario))
                    .forEach(target -> verdict(verdicts, outcome, target));
        }
        processVerdicts(verdicts);
        text.append(verdicts);
    }

    private static Optional<String> best(ServerOutcome outcome) {
        return outcome.servers().stream()
                .filter(name -> !name.equals(Server.SERVICE.name()))
                .max(Comparator.comparingDouble(name ->
                        outcome.figure(name, Measurement::tokensPerSecond).median()));
    }

    private static void verdict(Verdicts verdicts, ServerOutcome outcome, Target target) {
        String what = target.scenario() + ": ÷ `" + target.opponent() + '`';
        if (outcome.has(target.opponent())) {
            verdicts.atLeast(what, "", outcome.ratio(target.opponent()).median(), target.factor());
        } else if (target.opponent().equals(Server.TEI)) {
            double theirs = Target.TEI_ELSEWHERE.getOrDefault(target.scenario(), Double.NaN);
            double ours = outcome.figure(Server.SERVICE.name(), Measurement::tokensPerSecond)
                    .median();
            verdicts.atLeast(
                    String.format(Locale.ROOT, "%s, %.0f tokens/s %s", what, theirs, ELSEWHERE),
                    "",
                    ours / theirs,
                    target.factor());
        }
    }

    private void processVerdicts(Verdicts verdicts) {
        Optional<ProcessFigures> tei = process(Server.TEI);
        process(Server.SERVICE.name()).ifPresent(ours -> {
            verdicts.atMost(
                    "resident memory after the loads, ÷ `tei` "
                            + (tei.isPresent() ? "" : "(655 MB, " + ELSEWHERE + ")"),
                    "",
                    ours.residentMegabytes()
                            / tei.map(ProcessFigures::residentMegabytes).orElse(Target.TEI_ELSEWHERE_MEGABYTES),
                    1);
            verdicts.atMost(
                    "start to the first response, JDK " + Runtime.version().feature(),
                    "s",
                    ours.startSeconds().median(),
                    Target.startSeconds());
        });
    }

    private Optional<ProcessFigures> process(String name) {
        return figures.processes().stream()
                .filter(process -> process.server().name().equals(name))
                .findFirst();
    }

    private void outcomes() {
        for (ServerOutcome outcome : figures.outcomes()) {
            table(
                    outcome.scenario().name() + ": " + load(outcome.scenario()),
                    "| server | tokens/s | service ÷ it | tokens/CPU-s | cores used | p50 / p95 / p99 ms | failed |");
            for (String server : outcome.servers()) {
                line(
                        "| %s | %s | %s | %s | %.2f | %.1f / %.1f / %.1f | %d |",
                        server,
                        outcome.figure(server, Measurement::tokensPerSecond).whole(),
                        server.equals(Server.SERVICE.name())
                                ? ""
                                : outcome.ratio(server).ratio(2),
                        outcome.figure(server, Measurement::tokensPerCpuSecond).whole(),
                        outcome.figure(server, Measurement::coresUsed).median(),
                        outcome.latency(server, 0.5),
                        outcome.latency(server, 0.95),
                        outcome.latency(server, 0.99),
                        outcome.failed(server));
            }
            if (!outcome.has(Server.TEI)) {
                line(
                        "| tei, %s | %.0f | | | | | |",
                        ELSEWHERE,
                        Target.TEI_ELSEWHERE.getOrDefault(outcome.scenario().name(), Double.NaN));
            }
        }
        line("");
        line(
                "wrk used up to %.3f cores, the idle servers up to %.3f together.",
                figures.outcomes().stream()
                        .flatMap(outcome -> outcome.runs().values().stream())
                        .flatMap(runs -> runs.stream())
                        .mapToDouble(run -> run.measurement().coresUsedByLoad())
                        .max()
                        .orElse(0),
                figures.outcomes().stream()
                        .mapToDouble(ServerOutcome::othersCores)
                        .max()
                        .orElse(0));
    }

    private static String load(Scenario scenario) {
        return scenario.clients()
                + (scenario.clients() == 1 ? " client, " : " clients, ")
                + scenario.textsPerRequest()
                + (scenario.textsPerRequest() == 1 ? " text a request" : " texts a request");
    }

    private void processes() {
        table(
                "Processes",
                "| server | resident MB after the loads | start to the first response, s | largest difference of a vector | versions |");
        for (ProcessFigures process : figures.processes()) {
            Spread start = process.startSeconds();
            line(
                    "| %s | %.0f | %.2f (%.2f – %.2f) | %s | %s |",
                    process.server().title(),
                    process.residentMegabytes(),
                    start.median(),
                    start.least(),
                    start.most(),
                    difference(process),
                    String.join(", ", process.versions()));
        }
        if (process(Server.TEI).isEmpty()) {
            line(
                    "| text-embeddings-inference, %s | %.0f | %.1f | | |",
                    ELSEWHERE, Target.TEI_ELSEWHERE_MEGABYTES, Target.TEI_ELSEWHERE_START_SECONDS);
        }
    }

    private static String difference(ProcessFigures process) {
        if (process.server().isService()) {
            return "";
        }
        return process.server().comparable()
                ? String.format(Locale.ROOT, "%.1e", process.difference())
                : "another pooling (mean, not normalised): the same work";
    }

    private void chart(String charts, String name, String description) {
        line("");
        line("![%s](%s/%s.svg)", description, charts, name);
    }

    private void table(String title, String header) {
        line("");
        line("### %s", title);
        line("");
        line("%s", header);
        line("%s", header.replaceAll("[^|]+", "---"));
    }

    private void line(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
