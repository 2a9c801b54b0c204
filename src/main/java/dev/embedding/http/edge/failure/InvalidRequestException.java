package dev.embedding.http.edge.failure;

import java.util.List;

/**
 * Rejection of a request that breaks the rules of its endpoint, with every fault; status 422, or the dialect's for it.
 */
public final class InvalidRequestException extends RuntimeException {

    private final List<FieldError> faults;

    public InvalidRequestException(FieldError fault) {
        this(List.of(fault));
    }

    public InvalidRequestException(List<FieldError> faults) {
        super(faults.size() + " faults");
        this.faults = List.copyOf(faults);
    }

    public List<FieldError> faults() {
        return faults;
    }
}
