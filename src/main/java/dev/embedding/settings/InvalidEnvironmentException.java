package dev.embedding.settings;

import java.util.List;

/** The service cannot start with these variables. */
public final class InvalidEnvironmentException extends RuntimeException {

    private final List<String> faults;

    InvalidEnvironmentException(List<String> faults) {
        super(String.join("; ", faults));
        this.faults = List.copyOf(faults);
    }

    /** One line a variable: its name, the rule, the value. */
    public List<String> faults() {
        return faults;
    }
}
