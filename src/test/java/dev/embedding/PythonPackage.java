package dev.embedding;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A package of Python's index, in an environment of its own under {@code target}; needs python3. */
public final class PythonPackage {

    private final Path environment;

    private PythonPackage(Path environment) {
        this.environment = environment;
    }

    /**
     * Installs it, unless an earlier run has.
     *
     * @param name folder of the environment
     * @param requirement as {@code huggingface_hub==2.4.0}
     */
    public static PythonPackage installed(String name, String requirement) throws IOException, InterruptedException {
        Path environment = Path.of("target", name).toAbsolutePath();
        Path installed = environment.resolve("installed");
        if (!Files.exists(installed) || !Files.readString(installed).equals(requirement)) {
            run(List.of("python3", "-m", "venv", environment.toString()));
            run(List.of(environment.resolve("bin/pip").toString(), "install", "-q", requirement));
            Files.writeString(installed, requirement);
        }
        return new PythonPackage(environment);
    }

    /** Where one of its programs is. */
    public String program(String name) {
        return environment.resolve("bin").resolve(name).toString();
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(command + " ended with " + process.exitValue() + ":\n" + output);
        }
    }
}
