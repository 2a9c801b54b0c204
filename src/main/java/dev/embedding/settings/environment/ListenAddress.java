package dev.embedding.settings.environment;

import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.Setting;
import dev.embedding.support.Names;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;

/**
 * The listen address of the service.
 *
 * @param host a name or an IP address, an IPv6 address without brackets
 */
public record ListenAddress(String host, int port) {

    private static final String EVERY_IPV4_INTERFACE = "0.0.0.0";
    private static final Set<String> EVERY_INTERFACE = Set.of(EVERY_IPV4_INTERFACE, "::", "0:0:0:0:0:0:0:0");

    /** Accepts IPv6 addresses with brackets, as in URLs. */
    public ListenAddress {
        host = host.strip();
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
    }

    public static ListenAddress of(ServiceSettings settings) {
        return new ListenAddress(settings.get(Setting.HOST), settings.get(Setting.PORT));
    }

    /** Whether it means all addresses of this machine. */
    public boolean isEveryInterface() {
        return EVERY_INTERFACE.contains(host);
    }

    /** The host as it is written before a colon and a port: IPv6 addresses in brackets. */
    public String hostInBrackets() {
        return host.contains(":") ? "[" + host + "]" : host;
    }

    /** The URL for callers on this machine; the percent sign of a scope is escaped (RFC 6874). */
    public String url() {
        String name = host.equals(EVERY_IPV4_INTERFACE) ? "localhost" : hostInBrackets();
        return "http://" + name.replace("%", "%25") + ":" + port;
    }

    /**
     * Resolves the host, and checks that the service can listen there.
     *
     * @return the address with the resolved IP address
     * @throws InvalidEnvironmentException when the host is unknown or not one of this machine, or the port is not free
     */
    public ListenAddress requireFree() {
        InetAddress address;
        try {
            address = InetAddress.getByName(host);
        } catch (UnknownHostException unknown) {
            throw invalid("EMBEDDING_HOST must be a host name that resolves, or an IP address, not '" + host + "'");
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(address, 0));
        } catch (IOException notHere) {
            throw invalid("EMBEDDING_HOST must be an address of this machine, not '" + host + "' ("
                    + notHere.getMessage() + ")");
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(address, port));
        } catch (IOException taken) {
            throw invalid("EMBEDDING_PORT must be a port that is free on '" + host + "', not '" + port + "' ("
                    + taken.getMessage() + ")");
        }
        return host.contains(":") ? this : new ListenAddress(address.getHostAddress(), port);
    }

    private static InvalidEnvironmentException invalid(String fault) {
        return new InvalidEnvironmentException(List.of(Names.onOneLine(fault)));
    }
}
