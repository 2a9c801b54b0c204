package dev.embedding.settings;

import dev.embedding.support.Names;

/** Thrown for a value that its setting does not accept. The message names the rule and the value. */
public final class InvalidSettingException extends RuntimeException {

    /** For a value that is a secret. */
    public InvalidSettingException(String rule) {
        super(rule);
    }

    public InvalidSettingException(String rule, String value) {
        super(rule + ", not '" + abbreviated(value) + "'");
    }

    /** The beginning of a value, on one line. */
    public static String abbreviated(String value) {
        String line = Names.onOneLine(value);
        return line.length() <= 80 ? line : line.substring(0, 80) + "…";
    }
}
