package dev.embedding.settings.environment;

import java.util.List;

/** Thrown when the service cannot start with the given variables, or in its surroundings. */
public final class InvalidEnvironmentException extends RuntimeException {

    private final List<String> faults;

    /** @param faults one line each */
    public InvalidEnvironmentException(List<String> faults) {
        super(String.join("; ", faults));
        this.faults = List.copyOf(faults);
    }

    /** One line each: the name of the variable or limit, the rule, the value. */
    public List<String> faults() {
        return faults;
    }
}
