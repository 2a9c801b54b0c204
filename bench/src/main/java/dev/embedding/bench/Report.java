package dev.embedding.bench;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;

/** The outcomes in Markdown. */
final class Report {

    private final StringBuilder text = new StringBuilder();

    private Report() {}

    /** The service beside the bare engine. */
    static String of(Options options, List<Outcome> outcomes) {
        Report report = new Report();
        report.line("");
        report.line("## Comparison with the bare engine");
        report.line("");
        report.rounds(options);
        report.throughput(
                outcomes.stream().filter(outcome -> !outcome.scenario().lone()).toList());
        report.lone(
                outcomes.stream().filter(outcome -> outcome.scenario().lone()).toList());
        return report.text.toString();
    }

    /** What was run, and on what. */
    static String head(String command, Machine machine) {
        Report report = new Report();
        report.machine(command, machine);
        return report.text.toString();
    }

    private void machine(String command, Machine machine) {
        line("# Benchmark results");
        line("");
        line("Written by `%s`; [README.md](README.md) describes the method.", command);
        line("");
        line("- date: %s", LocalDate.now(ZoneOffset.UTC));
        line("- machine: %s, %d cores", machine.processor(), machine.cores());
        line("- JDK: %s", machine.jdk());
        line("- ONNX Runtime: %s", machine.onnxRuntime());
    }

    private void rounds(Options options) {
        line(
                "Rounds: %d of %d s on either side in turn; figures are the median (least – most) over the rounds.",
                options.rounds(), options.seconds().toSeconds());
        if (options.smoke()) {
            line("");
            line("**A smoke run: it shows that the benchmark works, and its figures mean nothing.**");
        }
    }

    private void throughput(List<Outcome> outcomes) {
        if (outcomes.isEmpty()) {
            return;
        }
        table(
                "Throughput (tokens a second)",
                "| scenario | bare engine | rows a run | service | service ÷ bare | target | | service p50 / p95 / p99 ms |");
        for (Outcome outcome : outcomes) {
            line(
                    "| %s | %s | %d | %s | %s | ≥ %.2f | %s | %s |",
                    outcome.scenario().name(),
                    outcome.bare(Measurement::tokensPerSecond).whole(),
                    BareSide.rows(outcome.bareShape()),
                    outcome.service(Measurement::tokensPerSecond).whole(),
                    outcome.ratio().ratio(3),
                    outcome.scenario().target(),
                    verdict(outcome),
                    latencies(outcome));
        }
        cpu(outcomes);
    }

    private void cpu(List<Outcome> outcomes) {
        table(
                "Efficiency (tokens a CPU-second)",
                "| scenario | bare engine | service | service ÷ bare | cores used: service | load generator |");
        for (Outcome outcome : outcomes) {
            line(
                    "| %s | %s | %s | %s | %.2f | %.3f |",
                    outcome.scenario().name(),
                    outcome.bare(Measurement::tokensPerCpuSecond).whole(),
                    outcome.service(Measurement::tokensPerCpuSecond).whole(),
                    outcome.ratio(Measurement::tokensPerCpuSecond).ratio(3),
                    outcome.service(Measurement::coresUsed).median(),
                    outcome.service(Measurement::coresUsedByLoad).median());
        }
    }

    private void lone(List<Outcome> outcomes) {
        if (outcomes.isEmpty()) {
            return;
        }
        table(
                "Latency of a lone request (ms)",
                "| scenario | bare engine p50 | service p50 | service ÷ bare | target | | service p50 / p95 / p99 ms |");
        for (Outcome outcome : outcomes) {
            line(
                    "| %s | %.2f | %.2f | %s | ≤ %.2f | %s | %s |",
                    outcome.scenario().name(),
                    outcome.bare(Measurement::medianLatency).median(),
                    outcome.service(Measurement::medianLatency).median(),
                    outcome.ratio().ratio(3),
                    outcome.scenario().target(),
                    verdict(outcome),
                    latencies(outcome));
        }
    }

    private void table(String title, String header) {
        line("");
        line("### %s", title);
        line("");
        line("%s", header);
        line("%s", header.replaceAll("[^|]+", "---"));
    }

    private static String verdict(Outcome outcome) {
        return outcome.scenario().met(outcome.ratio().median()) ? "pass" : "miss";
    }

    private static String latencies(Outcome outcome) {
        return String.format(
                Locale.ROOT,
                "%.1f / %.1f / %.1f",
                outcome.serviceLatency(0.5),
                outcome.serviceLatency(0.95),
                outcome.serviceLatency(0.99));
    }

    private void line(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
