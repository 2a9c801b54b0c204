package dev.embedding.http.exchange.json;

import dev.embedding.serving.FieldError;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/**
 * Faults of a body, collected while it is read, so that its sender learns all of them at once. They are in the order of
 * the body, except that those of an object's required fields come before those of its other fields.
 */
public final class BodyFaults {

    /** More faults are not kept, and none is dropped any more. */
    static final int MAX_FAULTS = 100;

    private final Supplier<String> path;
    private final List<FieldError> faults = new ArrayList<>();

    /** @param path of the value that is being read, such as {@code body.input} */
    BodyFaults(Supplier<String> path) {
        this.path = path;
    }

    /** Adds a fault of the value that is being read. */
    public void add(String message, String type) {
        add(new FieldError(path.get(), message, type));
    }

    /** Adds a fault of a field of the object that is being read. */
    public void addTo(String field, String message, String type) {
        add(new FieldError(path.get() + "." + field, message, type));
    }

    private void add(FieldError fault) {
        if (faults.size() < MAX_FAULTS) {
            faults.add(fault);
        }
    }

    boolean isEmpty() {
        return faults.isEmpty();
    }

    List<FieldError> all() {
        return List.copyOf(faults);
    }

    /** Whether a value, or a value inside it, has a fault. */
    boolean contains(String value) {
        return faults.stream().anyMatch(fault -> isWithin(fault, value));
    }

    /** Drops the faults of an earlier duplicate of the field that is being read. */
    void drop() {
        if (!faults.isEmpty() && faults.size() < MAX_FAULTS) {
            String field = path.get();
            faults.removeIf(fault -> isWithin(fault, field));
        }
    }

    /** Puts the faults of an object's required fields before those of its other fields. */
    void putFirst(String object, List<String> required) {
        int first = 0;
        while (first < faults.size() && !isWithin(faults.get(first), object)) {
            first++;
        }
        faults.subList(first, faults.size()).sort(Comparator.comparingInt(fault -> rank(fault, object, required)));
    }

    private static int rank(FieldError fault, String object, List<String> required) {
        int rank = 0;
        while (rank < required.size() && !isWithin(fault, object + "." + required.get(rank))) {
            rank++;
        }
        return rank;
    }

    private static boolean isWithin(FieldError fault, String value) {
        String field = fault.field();
        return field.startsWith(value) && (field.length() == value.length() || field.charAt(value.length()) == '.');
    }
}
