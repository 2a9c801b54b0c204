package dev.embedding.http.edge.failure;

import java.util.List;

/** A request that breaks the rules of its endpoint; the response is 422 with every fault. */
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
