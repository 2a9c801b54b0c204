package dev.embedding.support;

/** Names that are written as paths, and names for one line of a log or message. */
public final class Names {

    private Names() {}

    /** The part behind the last slash or backslash; the whole name where there is none. */
    public static String lastPart(String path) {
        return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
    }

    /** The text with a blank in place of each control character, line breaks included. */
    public static String onOneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }
}
