package dev.embedding.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A scenario's load on a server, made by wrk with {@code load.lua}. */
final class WrkLoad {

    static final String HOW_TO_INSTALL =
            "wrk, which makes the load, is not on the path: apt-get install wrk, dnf install wrk or brew install wrk";

    private static final Duration LONGEST = Duration.ofMinutes(5);
    private static final Duration MARGIN = Duration.ofSeconds(60);
    private static final Pattern LATENCIES = Pattern.compile("\"latencies\": \\[([^]]*)]");

    /**
     * What one run of it showed.
     *
     * @param failed answers other than 200, and connections that broke
     * @param othersCores cores that the other servers kept busy meanwhile
     * @param slowestSeconds time of the slowest request
     */
    record Run(Measurement measurement, int failed, double othersCores, double slowestSeconds) {}

    private final Path script;
    private final Path requests;
    private final Scenario scenario;
    private final RunningServer server;
    private final ProcessTree others;
    private double slowestSeconds;

    /** @param directory takes the file of requests */
    WrkLoad(
            Path script,
            Path directory,
            Scenario scenario,
            List<Text> texts,
            RunningServer server,
            ProcessTree others) {
        this.script = script;
        this.scenario = scenario;
        this.server = server;
        this.others = others;
        requests = directory.resolve(scenario.name() + "-" + server.server().name() + ".txt");
        try {
            Files.createDirectories(directory);
            Files.write(requests, lines(texts));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private List<String> lines(List<Text> texts) {
        List<String> lines = new ArrayList<>();
        int size = scenario.textsPerRequest();
        for (int first = 0; first + size <= texts.size(); first += size) {
            List<Text> some = texts.subList(first, first + size);
            int tokens = some.stream().mapToInt(Text::tokens).sum();
            lines.add(tokens + "\t" + server.server().shape().body(some));
        }
        return lines;
    }

    /** The program's version, or nothing when it is not there. */
    static String version() {
        try {
            Process process =
                    new ProcessBuilder("wrk", "-v").redirectErrorStream(true).start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return text.lines().findFirst().orElse("").replaceFirst(" *Copyright.*", "");
        } catch (IOException missing) {
            return "";
        }
    }

    /**
     * Loads the server; longer when no client is answered twice in the time.
     *
     * @param time of the window; what it takes to fill and to empty the server, as far as known, comes on top
     * @param first number of the request to begin with
     * @throws IOException when there are no figures
     */
    Run measure(Duration time, int first) throws IOException, InterruptedException {
        double seconds = Math.max(1, time.toNanos() / 1e9 + 2 * slowestSeconds);
        while (seconds <= LONGEST.toSeconds()) {
            Run run = runToRest((int) Math.ceil(seconds), first);
            if (run.measurement().seconds() > 0.3 * time.toNanos() / 1e9
                    && run.measurement().latencies().length >= scenario.clients()) {
                return run;
            }
            seconds = Math.max(1.5 * seconds, time.toNanos() / 1e9 + 2.5 * slowestSeconds);
        }
        throw new IOException("it did not answer every client of " + scenario.name() + " twice in "
                + LONGEST.toMinutes() + " minutes");
    }

    /** Loads the server for so long, answered or not. */
    void warmUp(Duration time) throws IOException, InterruptedException {
        if (!time.isZero()) {
            Run unused = runToRest((int) Math.ceil(time.toNanos() / 1e9), 0);
        }
    }

    /** Learns from it how slow the server is: of requests that wrk left unanswered, from the time until it rests. */
    private Run runToRest(int seconds, int first) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        Run run = run(seconds, first);
        server.awaitRest();
        boolean answered = run.measurement().latencies().length > 0;
        slowestSeconds = answered ? run.slowestSeconds() : (System.nanoTime() - begin) / 1e9;
        return run;
    }

    private Run run(int seconds, int first) throws IOException, InterruptedException {
        String clients = Integer.toString(scenario.clients());
        List<String> command = List.of(
                "wrk",
                "-t",
                clients,
                "-c",
                clients,
                "-d",
                seconds + "s",
                "--timeout",
                "600s",
                "-s",
                script.toString(),
                "http://127.0.0.1:" + server.port(),
                "--",
                requests.toString(),
                server.server().shape().path(),
                Integer.toString(first),
                clients);
        double othersCpu = others.cpuSeconds();
        long begin = System.nanoTime();
        CpuClock clock = new CpuClock(server.tree());
        String output;
        try {
            output = output(command);
        } finally {
            clock.finish();
        }
        double whole = (System.nanoTime() - begin) / 1e9;
        return parse(output, clock, whole, (others.cpuSeconds() - othersCpu) / whole);
    }

    private static String output(List<String> command) throws IOException, InterruptedException {
        Process wrk = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String output = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!wrk.waitFor(MARGIN.toSeconds(), TimeUnit.SECONDS) || wrk.exitValue() != 0) {
                throw new IOException("wrk failed: " + output);
            }
            return output;
        } finally {
            wrk.destroyForcibly();
        }
    }

    private static Run parse(String output, CpuClock clock, double whole, double othersCores) throws IOException {
        double from = number(output, "from");
        double to = number(output, "to");
        Matcher latencies = LATENCIES.matcher(output);
        if (!latencies.find()) {
            throw new IOException("wrk printed no figures: " + output);
        }
        double seconds = Math.max(0, to - from);
        Measurement measurement = new Measurement(
                number(output, "tokens"),
                seconds,
                clock.between(from, to),
                number(output, "cpu") * seconds / whole,
                Stream.of(latencies.group(1).split(","))
                        .filter(latency -> !latency.isEmpty())
                        .mapToDouble(Double::parseDouble)
                        .toArray());
        int failed = (int) (number(output, "failed") + number(output, "broken"));
        if (failed > 0) {
            System.err.printf("%d requests failed, the last with %.0f%n", failed, number(output, "status"));
        }
        return new Run(measurement, failed, othersCores, number(output, "slowest"));
    }

    private static double number(String output, String name) throws IOException {
        Matcher number = Pattern.compile("\"" + name + "\": (-?[0-9.]+)").matcher(output);
        if (!number.find()) {
            throw new IOException("wrk printed no " + name + ": " + output);
        }
        return Double.parseDouble(number.group(1));
    }
}
