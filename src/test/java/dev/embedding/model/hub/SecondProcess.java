package dev.embedding.model.hub;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Another JVM that fetches the files of its arguments into each cache directory that is written to its input. */
final class SecondProcess implements AutoCloseable {

    private final Process process;
    private final BufferedReader output;
    private final BufferedWriter input;

    private SecondProcess(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
        this.input = process.outputWriter(StandardCharsets.UTF_8);
    }

    static SecondProcess start(URI endpoint, String... files) throws IOException {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classPath,
                        SecondProcess.class.getName(),
                        endpoint.toString(),
                        String.join(",", files))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        SecondProcess second = new SecondProcess(process);
        second.expect("ready");
        return second;
    }

    void fetchInto(Path cache) throws IOException {
        input.write(cache + "\n");
        input.flush();
    }

    void expect(String line) throws IOException {
        String said = output.readLine();
        if (!line.equals(said)) {
            throw new IOException("The second process says '" + said + "' in place of '" + line + "'");
        }
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    public static void main(String[] arguments) throws IOException {
        BufferedReader caches = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        System.out.println("ready");
        for (String cache = caches.readLine(); cache != null; cache = caches.readLine()) {
            System.out.println(fetch(URI.create(arguments[0]), Path.of(cache), List.of(arguments[1].split(","))));
        }
    }

    private static String fetch(URI endpoint, Path cache, List<String> files) {
        Duration limit = Duration.ofSeconds(30);
        HubSettings settings = new HubSettings(
                cache,
                endpoint,
                Optional.empty(),
                false,
                true,
                new HubSettings.Timeouts(limit, limit, limit),
                ProxySelector.of(null));
        try (Hub hub = new Hub(settings)) {
            hub.snapshot(HubName.parse("org/name")).fetch(files, Long.MAX_VALUE, DownloadProgress.NONE);
            return "done";
        } catch (HubException failure) {
            return String.valueOf(failure.getMessage());
        }
    }
}
