package dev.embedding.settings;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The variables that the process was started with: the real environment, and behind it a {@code .env} file. */
public final class Environment {

    private static final String FILE = ".env";

    private final Map<String, String> variables;

    /** @param variables by name */
    public Environment(Map<String, String> variables) {
        this.variables = Map.copyOf(variables);
    }

    /** The environment of this process, with the {@code .env} of the working directory where there is one. */
    public static Environment ofProcess() {
        return read(System.getenv(), Path.of(FILE));
    }

    static Environment read(Map<String, String> real, Path file) {
        Map<String, String> variables = new HashMap<>(fileVariables(file, real));
        variables.putAll(real);
        return new Environment(variables);
    }

    private static Map<String, String> fileVariables(Path file, Map<String, String> real) {
        if (!Files.isRegularFile(file)) {
            return Map.of();
        }
        try {
            return DotEnv.parse(Files.readString(file, StandardCharsets.UTF_8), real);
        } catch (IOException failure) {
            System.getLogger(Environment.class.getName())
                    .log(System.Logger.Level.WARNING, "{0} is not readable as UTF-8 text and is ignored", FILE);
            return Map.of();
        }
    }

    public Optional<String> value(String variable) {
        return Optional.ofNullable(variables.get(variable));
    }

    public Map<String, String> variables() {
        return variables;
    }
}
