package dev.embedding.reload;

/** What is wanted would be another vector space than the one that must be served. */
final class SpaceMismatchException extends RuntimeException {

    SpaceMismatchException(String required, String wanted) {
        super("The vector space " + required + " must be served (required_space), but this would be " + wanted);
    }
}
