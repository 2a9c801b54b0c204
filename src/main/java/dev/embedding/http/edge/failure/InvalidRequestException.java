package dev.embedding.http.edge.failure;

import java.util.List;

/** A request that breaks the rules of its endpoint; answered 422 with every fault. */
public final class InvalidRequestException extends RuntimeException {

    private final List<Fault> faults;

    public InvalidRequestException(Fault fault) {
        this(List.of(fault));
    }

    public InvalidRequestException(List<Fault> faults) {
        super(faults.size() + " faults");
        this.faults = List.copyOf(faults);
    }

    public List<Fault> faults() {
        return faults;
    }
}
