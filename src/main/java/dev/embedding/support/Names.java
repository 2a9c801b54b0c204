package dev.embedding.support;

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

    /** The beginning of a name that is longer than a number of characters. */
    public static String abbreviated(String name, int characters) {
        return name.length() <= characters ? name : name.substring(0, characters) + "…";
    }

    /** The text with each control character, line breaks included, replaced by a space. */
    public static String onOneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }
}
