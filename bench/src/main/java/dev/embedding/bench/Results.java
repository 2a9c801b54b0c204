package dev.embedding.bench;

import dev.embedding.bench.Chart.Column;
import dev.embedding.bench.Chart.Group;
import dev.embedding.bench.ServerFigures.ProcessFigures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.Function;

/** A directory with the raw figures, as CSV, and the charts. */
final class Results {

    private final Path directory;

    Results(Path directory) throws IOException {
        this.directory = directory;
        Files.createDirectories(directory);
    }

    void bare(List<Outcome> outcomes) throws IOException {
        StringBuilder csv = new StringBuilder("scenario,round,side," + header());
        for (Outcome outcome : outcomes) {
            for (int round = 0; round < outcome.rounds().size(); round++) {
                Outcome.Round figures = outcome.rounds().get(round);
                String begin = outcome.scenario().name() + ',' + (round + 1) + ',';
                for (int shape = 0; shape < figures.bare().size(); shape++) {
                    row(
                            csv,
                            begin + "bare-" + BareSide.rows(shape),
                            figures.bare().get(shape),
                            "");
                }
                row(csv, begin + "service", figures.service(), "");
            }
        }
        Files.writeString(directory.resolve("bare.csv"), csv);
    }

    void servers(ServerFigures figures) throws IOException {
        StringBuilder csv = new StringBuilder("scenario,round,server," + header().strip() + ",failed,others_cores\n");
        for (ServerOutcome outcome : figures.outcomes()) {
            for (String server : outcome.servers()) {
                List<WrkLoad.Run> runs = outcome.of(server);
                for (int round = 0; round < runs.size(); round++) {
                    WrkLoad.Run run = runs.get(round);
                    row(
                            csv,
                            outcome.scenario().name() + ',' + (round + 1) + ',' + server,
                            run.measurement(),
                            String.format(Locale.ROOT, ",%d,%.4f", run.failed(), run.othersCores()));
                }
            }
        }
        Files.writeString(directory.resolve("servers.csv"), csv);
        processes(figures);
        charts(figures);
    }

    private void processes(ServerFigures figures) throws IOException {
        StringBuilder csv = new StringBuilder(
                "server,resident_megabytes,start_seconds,start_seconds_least,start_seconds_most,largest_difference,versions\n");
        for (ProcessFigures process : figures.processes()) {
            Spread start = process.startSeconds();
            csv.append(String.format(
                    Locale.ROOT,
                    "%s,%.1f,%.3f,%.3f,%.3f,%.3e,%s%n",
                    process.server().name(),
                    process.residentMegabytes(),
                    start.median(),
                    start.least(),
                    start.most(),
                    process.difference(),
                    String.join("; ", process.versions())));
        }
        Files.writeString(directory.resolve("processes.csv"), csv);
    }

    private void charts(ServerFigures figures) throws IOException {
        write(
                "throughput",
                "Tokens a second (whiskers: least and most of the rounds)",
                figures,
                false,
                (outcome, server) -> Column.of(outcome.figure(server, Measurement::tokensPerSecond)));
        write(
                "efficiency",
                "Tokens a CPU-second (whiskers: least and most of the rounds)",
                figures,
                false,
                (outcome, server) -> Column.of(outcome.figure(server, Measurement::tokensPerCpuSecond)));
        write(
                "latency",
                "Latency in ms, from p50 to p99 (logarithmic; lower is better)",
                figures,
                true,
                (outcome, server) -> {
                    double most = outcome.latency(server, 0.99);
                    return new Column(outcome.latency(server, 0.5), most, most, most);
                });
        write("memory", "Resident memory after the loads, MB", figures, process -> {
            double megabytes = process.residentMegabytes();
            return new Column(0, megabytes, megabytes, megabytes);
        });
        write("start", "Start to the first response, s", figures, process -> Column.of(process.startSeconds()));
    }

    /** Columns of a scenario in each group. */
    private void write(
            String name,
            String title,
            ServerFigures figures,
            boolean logarithmic,
            BiFunction<ServerOutcome, String, Column> column)
            throws IOException {
        List<Server> servers = servers(figures.processes());
        List<Group> groups = figures.outcomes().stream()
                .map(outcome -> new Group(
                        outcome.scenario().name(),
                        servers.stream()
                                .map(server ->
                                        outcome.has(server.name()) ? column.apply(outcome, server.name()) : Column.NONE)
                                .toList()))
                .toList();
        write(name, Chart.of(title, titles(servers), groups, logarithmic));
    }

    /** One group with a column for each process. */
    private void write(String name, String title, ServerFigures figures, Function<ProcessFigures, Column> column)
            throws IOException {
        List<Column> columns = figures.processes().stream().map(column).toList();
        write(name, Chart.of(title, titles(servers(figures.processes())), List.of(new Group("", columns)), false));
    }

    private void write(String name, String svg) throws IOException {
        Files.writeString(directory.resolve(name + ".svg"), svg);
    }

    private static List<Server> servers(List<ProcessFigures> processes) {
        return processes.stream().map(ProcessFigures::server).toList();
    }

    private static List<String> titles(List<Server> servers) {
        return servers.stream().map(Server::title).toList();
    }

    private static String header() {
        return "tokens,seconds,tokens_per_second,cpu_seconds,tokens_per_cpu_second,load_cpu_seconds,requests,p50_ms,"
                + "p95_ms,p99_ms\n";
    }

    private static void row(StringBuilder csv, String begin, Measurement figures, String end) {
        double[] latencies = figures.latencies();
        csv.append(String.format(
                Locale.ROOT,
                "%s,%.0f,%.3f,%.1f,%.3f,%.1f,%.3f,%d,%.2f,%.2f,%.2f%s%n",
                begin,
                figures.tokens(),
                figures.seconds(),
                figures.tokensPerSecond(),
                figures.cpuSeconds(),
                figures.tokensPerCpuSecond(),
                figures.loadCpuSeconds(),
                latencies.length,
                Quantile.of(latencies, 0.5),
                Quantile.of(latencies, 0.95),
                Quantile.of(latencies, 0.99),
                end));
    }
}
