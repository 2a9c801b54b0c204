package dev.embedding.settings;

/** A value that its setting does not take. The message names the rule and the value received. */
public final class InvalidSettingException extends RuntimeException {

    InvalidSettingException(String rule, String value) {
        super(rule + ", not '" + abbreviated(value) + "'");
    }

    private static String abbreviated(String value) {
        return value.length() <= 80 ? value : value.substring(0, 80) + "…";
    }
}
