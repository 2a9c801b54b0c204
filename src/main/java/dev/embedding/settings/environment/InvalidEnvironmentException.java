package dev.embedding.settings.environment;

import java.util.List;

/** The service cannot start with these variables, or where it was started. */
public final class InvalidEnvironmentException extends RuntimeException {

    private final List<String> faults;

    /** @param faults a line each */
    public InvalidEnvironmentException(List<String> faults) {
        super(String.join("; ", faults));
        this.faults = List.copyOf(faults);
    }

    /** One line each: the name of the variable or limit, the rule, the value. */
    public List<String> faults() {
        return faults;
    }
}
