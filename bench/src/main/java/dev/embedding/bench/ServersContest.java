package dev.embedding.bench;

import dev.embedding.bench.ServerFigures.ProcessFigures;
import dev.embedding.bench.WrkLoad.Run;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The service and its opponents under the same loads in turn. All of them stay up, as a start takes up to half a minute;
 * those that are not asked compute nothing.
 */
final class ServersContest implements AutoCloseable {

    private static final double SAME_VECTOR = 1e-5;
    private static final int STARTS = 3;
    private static final int REQUESTS_A_ROUND = 331;

    /** A server that has taken so long for a scenario is not asked in its next round. */
    private static final Duration ENOUGH = Duration.ofMinutes(1);

    private final Options options;
    private final Corpus corpus;
    private final Path bench;
    private final Opponents opponents;
    private final Function<Path, ServerProcess.Launch> service;
    private final Map<String, RunningServer> running = new LinkedHashMap<>();
    private final Map<String, Spread> starts = new LinkedHashMap<>();
    private final Map<String, Double> differences = new LinkedHashMap<>();
    private final Map<String, String> absent = new LinkedHashMap<>();

    /** @param service how the service is started in a directory */
    ServersContest(
            Options options,
            Corpus corpus,
            Path bench,
            Opponents opponents,
            Function<Path, ServerProcess.Launch> service) {
        this.options = options;
        this.corpus = corpus;
        this.bench = bench;
        this.opponents = opponents;
        this.service = service;
    }

    ServerFigures hold() throws IOException, InterruptedException {
        List<Text> mixed = corpus.texts(Scenario.scenario("mixed-32").lengths(), 8);
        start(Server.SERVICE, mixed.get(0));
        List<double[]> ours = server(Server.SERVICE.name()).vectors(mixed);
        for (Server opponent : options.opponents()) {
            try {
                opponents.install(opponent);
                start(opponent, mixed.get(0));
                check(opponent, mixed, ours);
            } catch (IOException unavailable) {
                drop(opponent.name(), unavailable);
            }
        }
        warmUp();
        List<ServerOutcome> outcomes = new ArrayList<>();
        for (Scenario scenario : options.serverScenarios()) {
            System.err.println("servers: " + scenario.name() + " ...");
            outcomes.add(measure(scenario));
        }
        List<ProcessFigures> processes = new ArrayList<>();
        for (RunningServer one : running.values()) {
            processes.add(figures(one));
        }
        return new ServerFigures(processes, outcomes, absent, WrkLoad.version());
    }

    private ProcessFigures figures(RunningServer one) throws IOException {
        Server server = one.server();
        return new ProcessFigures(
                server,
                starts.getOrDefault(server.name(), Spread.of(new double[0])),
                one.tree().residentBytes() / 1e6,
                differences.getOrDefault(server.name(), 0.0),
                server.isService() ? List.of() : opponents.versions(server));
    }

    private void start(Server server, Text first) throws IOException, InterruptedException {
        Path directory = bench.resolve(Path.of("target", "servers", server.name()));
        ServerProcess.Launch launch =
                server.isService() ? service.apply(directory) : opponents.launch(server, directory);
        int times = Math.min(STARTS, options.rounds());
        double[] seconds = new double[times];
        for (int time = 0; time < times; time++) {
            System.err.println("starting " + server.name() + " ...");
            RunningServer one = new RunningServer(server, launch, directory, first);
            seconds[time] = one.startSeconds();
            if (time < times - 1) {
                one.close();
            } else {
                running.put(server.name(), one);
            }
        }
        starts.put(server.name(), Spread.of(seconds));
    }

    private void check(Server opponent, List<Text> texts, List<double[]> ours) throws IOException {
        List<double[]> theirs = server(opponent.name()).vectors(texts);
        double most = 0;
        for (int text = 0; text < texts.size(); text++) {
            for (int component = 0; component < ours.get(text).length; component++) {
                most = Math.max(most, Math.abs(ours.get(text)[component] - theirs.get(text)[component]));
            }
        }
        differences.put(opponent.name(), most);
        if (opponent.comparable() && most > SAME_VECTOR) {
            throw new IOException("its vectors differ from the service's by up to " + most);
        }
    }

    private void warmUp() throws InterruptedException, IOException {
        Scenario scenario = Scenario.scenario("mixed-32");
        List<Text> texts = corpus.texts(scenario.lengths(), scenario.texts());
        for (String name : List.copyOf(running.keySet())) {
            System.err.println("warming up " + name + " ...");
            try {
                load(scenario, texts, name).warmUp(options.warmUp());
            } catch (IOException failed) {
                drop(name, failed);
            }
        }
    }

    private ServerOutcome measure(Scenario scenario) throws IOException, InterruptedException {
        List<Text> texts = corpus.texts(scenario.lengths(), scenario.texts());
        Map<String, WrkLoad> loads = new LinkedHashMap<>();
        Map<String, List<Run>> runs = new LinkedHashMap<>();
        Map<String, Long> nanos = new HashMap<>();
        for (String name : List.copyOf(running.keySet())) {
            loads.put(name, load(scenario, texts, name));
            runs.put(name, new ArrayList<>());
        }
        for (int round = 0; round <= options.rounds(); round++) {
            for (String name : List.copyOf(runs.keySet())) {
                if (round > 1 && take(nanos, name) > ENOUGH.toNanos()) {
                    continue;
                }
                long begin = System.nanoTime();
                try {
                    WrkLoad load = take(loads, name);
                    if (round == 0) {
                        load.warmUp(options.warmUp().dividedBy(5));
                    } else {
                        take(runs, name).add(load.measure(options.seconds(), round * REQUESTS_A_ROUND));
                    }
                } catch (IOException failed) {
                    runs.remove(name);
                    drop(name, new IOException("in " + scenario.name() + ": " + failed.getMessage(), failed));
                }
                nanos.merge(name, System.nanoTime() - begin, Long::sum);
            }
        }
        return new ServerOutcome(scenario, runs);
    }

    private WrkLoad load(Scenario scenario, List<Text> texts, String name) {
        RunningServer measured = server(name);
        List<RunningServer> others =
                running.values().stream().filter(one -> one != measured).toList();
        return new WrkLoad(
                bench.resolve("load.lua"),
                bench.resolve(Path.of("target", "requests")),
                scenario,
                texts,
                measured,
                ProcessTree.of(others.stream().map(RunningServer::tree).toList()));
    }

    /** The rest goes on without an opponent; without the service there is nothing to compare. */
    private void drop(String name, IOException reason) throws IOException {
        if (name.equals(Server.SERVICE.name())) {
            throw reason;
        }
        System.err.println(name + " is left out: " + reason.getMessage());
        absent.put(name, String.valueOf(reason.getMessage()));
        RunningServer one = running.remove(name);
        if (one != null) {
            one.close();
        }
    }

    private RunningServer server(String name) {
        return take(running, name);
    }

    private static <T> T take(Map<String, T> map, String name) {
        T value = map.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is not there");
        }
        return value;
    }

    @Override
    public void close() {
        running.values().forEach(RunningServer::close);
    }
}
