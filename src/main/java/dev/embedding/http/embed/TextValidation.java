package dev.embedding.http.embed;

import dev.embedding.support.Utf8Text;

/** Rules for a text of a request. */
final class TextValidation {

    private TextValidation() {}

    /** Whether nothing but white space is in it, as Python's {@code str.isspace} sees it, or nothing at all. */
    static boolean isBlank(Utf8Text text) {
        Utf8Text.CodePoints characters = text.codePoints();
        int next = characters.next();
        while (next != Utf8Text.END && isSpace(next)) {
            next = characters.next();
        }
        return next == Utf8Text.END;
    }

    private static boolean isSpace(int character) {
        return character >= 0x09 && character <= 0x0D
                || character >= 0x1C && character <= 0x20
                || character == 0x85
                || character > 0x85 && Character.isSpaceChar(character);
    }
}
