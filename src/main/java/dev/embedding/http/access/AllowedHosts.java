package dev.embedding.http.access;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.spi.Converter;

/**
 * Hosts of web pages that may change settings without a key.
 *
 * @param hosts names and addresses in lower case, IPv6 in brackets, each with or without a port
 */
public record AllowedHosts(Set<String> hosts) {

    static final AllowedHosts NONE = new AllowedHosts(Set.of());

    private static final Pattern HOST = Pattern.compile("(?:\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+)(?::[0-9]{1,5})?");

    public AllowedHosts {
        hosts = Set.copyOf(hosts);
    }

    /** Converter of comma-separated hosts; a blank means none. */
    public static final class OfVariable implements Converter<AllowedHosts> {
        @Override
        public AllowedHosts convert(String list) {
            if (list.isBlank()) {
                return NONE;
            }
            return new AllowedHosts(Stream.of(list.split(",", -1))
                    .map(String::strip)
                    .map(OfVariable::host)
                    .collect(Collectors.toUnmodifiableSet()));
        }

        private static String host(String text) {
            if (!HOST.matcher(text).matches()) {
                throw new IllegalArgumentException("'" + text + "' is no host");
            }
            return text.toLowerCase(Locale.ROOT);
        }
    }
}
