package dev.embedding.reload;

/** Reports that settings would lead to another vector space than the required one. */
final class SpaceMismatchException extends RuntimeException {

    SpaceMismatchException(String required, String actual) {
        super("The vector space " + required + " must be served (required_space), but this would be " + actual);
    }
}
