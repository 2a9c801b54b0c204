package dev.embedding.it.clients;

import dev.embedding.fixture.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Packages of Python's index, in a separate virtual environment under {@code target}; needs python3. */
public final class PythonPackage {

    private final Path environment;

    private PythonPackage(Path environment) {
        this.environment = environment;
    }

    /**
     * Installs them, unless an earlier run has.
     *
     * @param name folder of the environment
     * @param requirements such as {@code huggingface_hub==2.4.0}
     */
    public static PythonPackage installed(String name, String... requirements)
            throws IOException, InterruptedException {
        Path environment = Path.of("target", name).toAbsolutePath();
        Path installed = environment.resolve("installed");
        String required = String.join("\n", requirements);
        if (!Files.exists(installed) || !Files.readString(installed).equals(required)) {
            Command.output(new ProcessBuilder("python3", "-m", "venv", environment.toString()));
            List<String> install = new ArrayList<>(List.of(program(environment, "pip"), "install", "-q"));
            install.addAll(List.of(requirements));
            Command.output(new ProcessBuilder(install));
            Files.writeString(installed, required);
        }
        return new PythonPackage(environment);
    }

    /** Path of one of their programs. */
    public String program(String name) {
        return program(environment, name);
    }

    private static String program(Path environment, String name) {
        return environment.resolve("bin").resolve(name).toString();
    }
}
