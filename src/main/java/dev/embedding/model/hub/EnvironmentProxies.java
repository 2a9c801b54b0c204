package dev.embedding.model.hub;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The proxies of {@code HTTP_PROXY}, {@code HTTPS_PROXY}, {@code ALL_PROXY} and {@code NO_PROXY}, in lower case or upper
 * case, as Python's tools read them. Users and passwords of proxies are not supported.
 *
 * @see <a href="https://www.python-httpx.org/environment_variables/#proxies">what they mean</a>
 */
final class EnvironmentProxies extends ProxySelector {

    private final Function<String, Optional<String>> environment;

    private EnvironmentProxies(Function<String, Optional<String>> environment) {
        this.environment = environment;
    }

    /** Selects the proxies of the environment, or, where it names none, the platform's own (system properties). */
    static ProxySelector from(Function<String, Optional<String>> environment) {
        EnvironmentProxies proxies = new EnvironmentProxies(environment);
        boolean isAnyNamed = List.of("http", "https", "all").stream()
                .anyMatch(scheme -> proxies.variable(scheme).isPresent());
        ProxySelector platform = ProxySelector.getDefault();
        return isAnyNamed || platform == null ? proxies : platform;
    }

    @Override
    public List<Proxy> select(@Nullable URI uri) {
        if (uri == null || uri.getHost() == null) {
            throw new IllegalArgumentException("An address without a host has no proxy");
        }
        Optional<String> address = variable(uri.getScheme()).or(() -> variable("all"));
        return List.of(
                isExcepted(uri)
                        ? Proxy.NO_PROXY
                        : address.map(EnvironmentProxies::proxy).orElse(Proxy.NO_PROXY));
    }

    @Override
    public void connectFailed(@Nullable URI uri, @Nullable SocketAddress address, @Nullable IOException failure) {
        // The request fails, and its caller reports it.
    }

    private static Proxy proxy(String address) {
        try {
            URI uri = new URI(address.contains("://") ? address : "http://" + address);
            if (uri.getHost() != null && "http".equals(uri.getScheme())) {
                int port = uri.getPort() < 0 ? 80 : uri.getPort();
                return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(uri.getHost(), port));
            }
        } catch (URISyntaxException | IllegalArgumentException notAnAddress) {
            // Reported below; these messages would quote the address, which may contain a password.
        }
        throw new HubException(
                HubException.Kind.INVALID, "A proxy in the environment must be an address like http://host:3128");
    }

    private boolean isExcepted(URI uri) {
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        return Arrays.stream(variable("no").orElse("").split(","))
                .map(entry -> entry.strip().toLowerCase(Locale.ROOT))
                .filter(entry -> !entry.isEmpty())
                .anyMatch(entry -> matches(entry, host) || matches(entry, host + ":" + uri.getPort()));
    }

    private static boolean matches(String entry, String host) {
        String domain = entry.startsWith("*.") ? entry.substring(1) : entry;
        boolean isBelow = host.endsWith(domain.startsWith(".") ? domain : "." + domain);
        return entry.equals("*") || host.equals(domain) || host.equals("[" + domain + "]") || isBelow;
    }

    private Optional<String> variable(String scheme) {
        String name = scheme + "_proxy";
        return environment
                .apply(name)
                .or(() -> environment.apply(name.toUpperCase(Locale.ROOT)))
                .filter(text -> !text.isBlank());
    }
}
