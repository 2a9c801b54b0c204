package dev.embedding.settings.environment;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The variables of the process: those of the real environment, and, with lower precedence, those of a {@code .env}
 * file.
 */
public final class Environment {

    private static final String FILE = ".env";

    private final Map<String, String> real;
    private final Map<String, String> ofFile;

    /** @param variables by name */
    public Environment(Map<String, String> variables) {
        this(variables, Map.of());
    }

    private Environment(Map<String, String> real, Map<String, String> ofFile) {
        this.real = Map.copyOf(real);
        this.ofFile = Map.copyOf(ofFile);
    }

    /**
     * The environment of this process, with the {@code .env} of the working directory where there is one.
     *
     * @throws InvalidEnvironmentException when that file cannot be read
     */
    public static Environment ofProcess() {
        return read(System.getenv(), Path.of(FILE));
    }

    static Environment read(Map<String, String> real, Path file) {
        return new Environment(real, fileVariables(file, real));
    }

    /** Fails the start: without the file, a service whose keys are in it could be open to everybody. */
    private static Map<String, String> fileVariables(Path file, Map<String, String> real) {
        if (!Files.isRegularFile(file)) {
            return Map.of();
        }
        try {
            return DotEnv.parse(Files.readString(file, StandardCharsets.UTF_8), real);
        } catch (IOException failure) {
            String cause = failure instanceof CharacterCodingException ? "other bytes" : failure.toString();
            throw new InvalidEnvironmentException(
                    List.of(FILE + " must be a file of UTF-8 text that can be read (" + cause + ")"));
        }
    }

    public Optional<String> value(String variable) {
        return values(variable).findFirst();
    }

    /** The values of a variable in the environment and in the file, in the order of precedence. */
    Stream<String> values(String variable) {
        return Stream.of(real, ofFile).flatMap(source -> Stream.ofNullable(source.get(variable)));
    }

    public Map<String, String> variables() {
        Map<String, String> variables = new HashMap<>(ofFile);
        variables.putAll(real);
        return Map.copyOf(variables);
    }
}
