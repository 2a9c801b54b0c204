package dev.embedding.support;

import java.nio.charset.StandardCharsets;

/** Conversions of names: to the last part of a path, and to one line of a log or message. */
public final class Names {

    private static final int LONGEST_NAME = 100;

    private Names() {}

    /** The part behind the last slash or backslash; the whole name where there is none. */
    public static String lastPart(String path) {
        return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
    }

    /** The path of a request without a trailing slash, which makes no difference. */
    public static String withoutTrailingSlash(String path) {
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    /** A name for a message: its beginning, when it is longer than any that could be meant. */
    public static String abbreviated(String name) {
        return abbreviated(name, LONGEST_NAME);
    }

    /**
     * A name for a message: its beginning, when it is longer than a number of characters, on one line. A lone surrogate,
     * which JSON can escape and UTF-8 cannot encode, becomes a question mark.
     */
    public static String abbreviated(String name, int characters) {
        if (name.length() <= characters) {
            return printable(name);
        }
        boolean splitsPair = Character.isHighSurrogate(name.charAt(characters - 1));
        return printable(name.substring(0, splitsPair ? characters - 1 : characters)) + "…";
    }

    private static String printable(String name) {
        return onOneLine(new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
    }

    /** The text with each control character, line breaks included, replaced by a space. */
    public static String onOneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }
}
