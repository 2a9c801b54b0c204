package dev.embedding.http.exchange.json;

/** Record with rules across its components; rules of one component are those of its reader and its schema. */
public interface CheckedRecord {

    /** Adds the faults of the record, by {@link BodyFaults#addTo} for those of a component. */
    void check(BodyFaults faults);
}
