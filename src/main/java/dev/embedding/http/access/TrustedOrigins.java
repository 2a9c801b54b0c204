package dev.embedding.http.access;

import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Origins of web pages that may change settings where no key is needed. A browser sends the page's origin with every
 * change; callers that send none are not browsers, and are allowed. A page is trusted when {@code CORS_ORIGINS}
 * contains its origin literally, when its host is one of the allowed hosts, or when it came from this service itself,
 * under an IP address or {@code localhost}: any other name may have been pointed at this machine by its owner (DNS
 * rebinding).
 */
final class TrustedOrigins {

    private static final String ANY = "*";
    private static final Pattern ORIGIN =
            Pattern.compile("(https?)://((\\[[0-9a-f:.]+]|[^/:@\\[\\]]+)(?::([0-9]{1,5}))?)");
    private static final Pattern IPV4 = Pattern.compile("(?:[0-9]{1,3}\\.){3}[0-9]{1,3}");

    private final AllowedHosts allowed;

    TrustedOrigins(AllowedHosts allowed) {
        this.allowed = allowed;
    }

    /** @param corsOrigins currently in force */
    boolean isForeign(HttpServerRequest request, List<String> corsOrigins) {
        List<String> origins = request.headers().getAll("Origin");
        if (origins.size() == 1 && isListed(origins.get(0), corsOrigins)) {
            return false;
        }
        boolean crossSite = request.headers().getAll("Sec-Fetch-Site").stream()
                .anyMatch(site -> site.strip().equalsIgnoreCase("cross-site"));
        return crossSite
                || !origins.stream().allMatch(origin -> isOwn(origin, Optional.ofNullable(request.getHeader("Host"))));
    }

    /** {@code null}, which any sandboxed page has, is never listed. */
    private static boolean isListed(String origin, List<String> corsOrigins) {
        return !origin.equals(ANY) && !origin.equals("null") && corsOrigins.contains(origin);
    }

    private boolean isOwn(String origin, Optional<String> host) {
        Matcher parts = ORIGIN.matcher(origin.toLowerCase(Locale.ROOT));
        if (!parts.matches()) {
            return false;
        }
        String authority = parts.group(2);
        String name = parts.group(3);
        if (allowed.hosts().contains(name) || allowed.hosts().contains(authority)) {
            return true;
        }
        boolean cannotBeRebound = name.equals("localhost")
                || name.startsWith("[")
                || IPV4.matcher(name).matches();
        String standardPort = parts.group(1).equals("https") ? ":443" : ":80";
        return cannotBeRebound
                && host.map(value -> value.toLowerCase(Locale.ROOT))
                        .filter(value -> withPort(value, standardPort).equals(withPort(authority, standardPort)))
                        .isPresent();
    }

    private static String withPort(String authority, String standardPort) {
        boolean hasPort = authority.lastIndexOf(':') > authority.lastIndexOf(']');
        return hasPort ? authority : authority + standardPort;
    }
}
