package dev.embedding.http.embed;

import dev.embedding.serving.FieldError;
import dev.embedding.serving.RequestFailure;
import dev.embedding.support.Utf8Text;

/** Check for blank texts. */
final class TextValidation {

    private TextValidation() {}

    /** Whether a text is empty or only white space, as defined by Python's {@code str.isspace}. */
    static boolean isBlank(Utf8Text text) {
        Utf8Text.CodePoints characters = text.codePoints();
        int next = characters.next();
        while (next != Utf8Text.END && isSpace(next)) {
            next = characters.next();
        }
        return next == Utf8Text.END;
    }

    /**
     * Returns the text of a field.
     *
     * @throws RequestFailure when it is blank
     */
    static Utf8Text notBlank(String field, Utf8Text text) {
        if (isBlank(text)) {
            throw RequestFailure.invalid(new FieldError(field, "The text is empty or only white space", "value_error"));
        }
        return text;
    }

    private static boolean isSpace(int character) {
        return character >= 0x09 && character <= 0x0D
                || character >= 0x1C && character <= 0x20
                || character == 0x85
                || character > 0x85 && Character.isSpaceChar(character);
    }
}
