package dev.embedding;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A {@link ServiceProcess} that is described, but not started yet: its environment, and files of its working directory.
 *
 * <p>The system property {@code embedding.test.jvmArgs} adds arguments to its JVM.
 */
final class ServiceStart {

    private static final Path APPLICATION =
            Path.of("target", "quarkus-app", "quarkus-run.jar").toAbsolutePath();
    private static final List<String> NOT_INHERITED = List.of(
            "EMBEDDING_",
            "QUARKUS_",
            "CORS_ORIGINS",
            "JAVA_TOOL_OPTIONS",
            "JDK_JAVA_OPTIONS",
            "HF_",
            "TRANSFORMERS_OFFLINE");

    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, String> files = new HashMap<>();
    private final List<String> jvmOptions = new ArrayList<>();
    private final List<String> launcher = new ArrayList<>();
    private String temporaryDirectory = "tmp";
    private Optional<String> installation = Optional.empty();
    private int port = Ports.free();

    ServiceStart() {
        environment.put("EMBEDDING_HOST", "127.0.0.1");
        environment.put("EMBEDDING_PORT", Integer.toString(port));
        environment.put("ORT_DISABLE_TELEMETRY", "1");
        environment.put("HF_HUB_OFFLINE", "1");
        // Most tests want every text computed.
        environment.put("EMBEDDING_CACHE_SIZE", "0");
    }

    ServiceStart with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** Leaves a variable to the {@code .env} file, or to its default. */
    ServiceStart without(String variable) {
        environment.remove(variable);
        return this;
    }

    /** Puts a file into the working directory. */
    ServiceStart file(String name, String content) {
        files.put(name, content);
        return this;
    }

    /** Adds options of its JVM, which win over those given otherwise. */
    ServiceStart jvm(String... options) {
        jvmOptions.addAll(List.of(options));
        return this;
    }

    /** Starts a copy of the application in a folder of its working directory. */
    ServiceStart installedIn(String folder) {
        installation = Optional.of(folder);
        return this;
    }

    /** Where it unpacks its libraries, relative to its working directory. */
    ServiceStart temporaryDirectory(String directory) {
        temporaryDirectory = directory;
        return this;
    }

    /** Runs commands of the shell in the working directory and then, in the same process, the service. */
    ServiceStart after(String shellCommands) {
        launcher.addAll(List.of("sh", "-c", shellCommands + " && exec \"$@\"", "sh"));
        return this;
    }

    /** As {@link #after}, by root of a name space of its own, in which it may mount. */
    ServiceStart afterMounting(String shellCommands) {
        launcher.addAll(List.of("unshare", "--map-root-user", "--mount"));
        return after(shellCommands);
    }

    /** Where the service is expected, when its environment says something else than {@code EMBEDDING_PORT}. */
    ServiceStart expectedAt(int otherPort) {
        port = otherPort;
        return this;
    }

    /** Starts the process and waits until it is ready. */
    ServiceProcess ready() {
        return launch().await("/q/health/ready");
    }

    /** Starts the process and waits until it answers, with a model or without. */
    ServiceProcess live() {
        return launch().await("/q/health/live");
    }

    /** Starts the process without waiting for anything. */
    ServiceProcess launch() {
        try {
            Path directory = Files.createTempDirectory("embedding-service-");
            Files.createDirectory(directory.resolve("tmp"));
            for (Map.Entry<String, String> file : files.entrySet()) {
                Files.writeString(directory.resolve(file.getKey()), file.getValue(), StandardCharsets.UTF_8);
            }
            ProcessBuilder builder = new ProcessBuilder(command(directory))
                    .directory(directory.toFile())
                    .redirectOutput(directory.resolve("stdout.log").toFile())
                    .redirectError(directory.resolve("stderr.log").toFile());
            builder.environment().keySet().removeIf(name -> NOT_INHERITED.stream()
                    .anyMatch(name::startsWith));
            builder.environment().putAll(environment);
            Process process = builder.start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            return new ServiceProcess(process, directory, port);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private Path archive(Path directory) throws IOException {
        if (installation.isEmpty()) {
            return APPLICATION;
        }
        Path copy = directory.resolve(installation.get());
        Path original = APPLICATION.resolveSibling("");
        try (Stream<Path> files = Files.walk(original)) {
            for (Path file : files.toList()) {
                Path target = copy.resolve(original.relativize(file));
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
        return copy.resolve(APPLICATION.getFileName());
    }

    private List<String> command(Path directory) throws IOException {
        List<String> command = new ArrayList<>(launcher);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("@" + APPLICATION.resolveSibling("jvm.options"));
        String more = System.getProperty("embedding.test.jvmArgs", "").strip();
        if (!more.isEmpty()) {
            command.addAll(List.of(more.split("\\s+")));
        }
        command.addAll(jvmOptions);
        command.add("-Djava.io.tmpdir=" + directory.resolve(temporaryDirectory));
        command.addAll(List.of("-jar", archive(directory).toString()));
        return command;
    }
}
