package dev.embedding.reload;

/** Reports that settings would lead to another vector space than the required one. The message is for operators. */
final class SpaceMismatchException extends RuntimeException {

    SpaceMismatchException(String message) {
        super(message);
    }

    static String message(String required, String actual) {
        return "The vector space " + required + " must be served (required_space), but this would be " + actual;
    }
}
