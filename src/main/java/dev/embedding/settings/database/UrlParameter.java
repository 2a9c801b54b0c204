package dev.embedding.settings.database;

import dev.embedding.settings.InvalidSettingException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A parameter of {@code EMBEDDING_DB_URL}.
 *
 * @param name the name as written, decoded
 * @param value decoded; empty when there is none
 */
record UrlParameter(String name, String value) {

    /** Values that messages may show; anything else may be a misplaced secret. */
    private static final Pattern PLAIN_WORD = Pattern.compile("[\\w-]{0,20}");

    /** @param text {@code name=value}, encoded as in a form; percent signs that encode nothing stay */
    static UrlParameter of(String text) {
        int end = text.indexOf('=');
        return end < 0
                ? new UrlParameter(decoded(text), "")
                : new UrlParameter(decoded(text.substring(0, end)), decoded(text.substring(end + 1)));
    }

    /** The name without the differences between drivers: {@code ssl_ca}, {@code ssl-ca} and {@code sslCa} are one. */
    String key() {
        return name.toLowerCase(Locale.ROOT).replaceAll("[_.\\-]", "");
    }

    String shownName() {
        return InvalidSettingException.abbreviated(name);
    }

    /** @param rule follows the parameter's name */
    IllegalArgumentException fault(String rule) {
        return new IllegalArgumentException(DatabaseUrl.VARIABLE + " parameter " + shownName() + " " + rule);
    }

    /** @param rule follows the parameter's name, and is followed by the value where that is a plain word */
    IllegalArgumentException faultOfValue(String rule) {
        return fault(PLAIN_WORD.matcher(value).matches() ? rule + ", not '" + value + "'" : rule);
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notEncoded) {
            return text;
        }
    }
}
