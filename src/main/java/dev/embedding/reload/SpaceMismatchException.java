package dev.embedding.reload;

/** A requested model has another vector space than the one that is required. */
final class SpaceMismatchException extends RuntimeException {

    SpaceMismatchException(String required, String wanted) {
        super("The vector space " + required + " must be served (required_space), but this would be " + wanted);
    }
}
