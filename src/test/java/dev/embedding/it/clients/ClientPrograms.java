package dev.embedding.it.clients;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.embedding.fixture.Answer;
import dev.embedding.fixture.Command;
import dev.embedding.fixture.ServiceProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** Client programs of {@code src/test/clients}; needs python3, node, npm, mvn and their registries. */
final class ClientPrograms {

    private static final Path SOURCES = Path.of("src", "test", "clients");
    private static final Path COPIES = Path.of("target", "clients").toAbsolutePath();
    private static final String PRINTED_ADDRESS = "http://localhost:8001/v1";

    private final PythonPackage python;
    private final String classPath;

    private ClientPrograms(PythonPackage python, String classPath) {
        this.python = python;
        this.classPath = classPath;
    }

    /** Installs their dependencies under {@code target}, unless an earlier run has. */
    static ClientPrograms installed() throws IOException, InterruptedException {
        PythonPackage python = PythonPackage.installed(
                "clients/python-environment",
                Files.readAllLines(SOURCES.resolve("python/requirements.txt")).stream()
                        .filter(line -> !line.startsWith("#"))
                        .toArray(String[]::new));
        copy("node/package.json");
        copy("node/package-lock.json");
        NodePackage.install(COPIES.resolve("node"));
        return new ClientPrograms(python, classPath());
    }

    private static String classPath() throws IOException, InterruptedException {
        Path file = COPIES.resolve("class-path");
        Command.output(new ProcessBuilder(
                "mvn",
                "-B",
                "-q",
                "-f",
                copy("java/pom.xml").toString(),
                "dependency:build-classpath",
                "-Dmdep.outputFile=" + file));
        return Files.readString(file).strip();
    }

    private static Path copy(String file) throws IOException {
        Path copy = COPIES.resolve(file);
        Files.createDirectories(copy.getParent());
        return Files.copy(SOURCES.resolve(file), copy, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * Runs a program and returns the JSON that it prints for this input; {@link #PRINTED_ADDRESS} in it is replaced by
     * the service's address.
     */
    JsonNode run(String program, ServiceProcess service, Object input) throws IOException, InterruptedException {
        Path copy = COPIES.resolve(program);
        Files.createDirectories(copy.getParent());
        String source = Files.readString(SOURCES.resolve(program));
        Files.writeString(copy, source.replace(PRINTED_ADDRESS, "http://127.0.0.1:" + service.port() + "/v1"));
        Path given = Files.writeString(COPIES.resolve(program + ".json"), Answer.jsonOf(input));
        ProcessBuilder builder = new ProcessBuilder(command(copy.toString())).redirectInput(given.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("OPENAI_"));
        builder.environment().put("NO_PROXY", "127.0.0.1");
        return new ObjectMapper().readTree(Command.output(builder));
    }

    private List<String> command(String program) {
        String kind = program.substring(program.lastIndexOf('.') + 1);
        return switch (kind) {
            case "py" -> List.of(python.program("python"), program);
            case "js" -> List.of("node", program);
            case "java" ->
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", classPath, program);
            default -> throw new IllegalArgumentException(program);
        };
    }
}
