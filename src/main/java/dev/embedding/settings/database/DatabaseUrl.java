package dev.embedding.settings.database;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The database of stored settings, as {@code EMBEDDING_DB_URL} names it:
 * {@code mysql://user:password@host:3306/database}, or with another scheme that SQLAlchemy accepts
 * ({@code mysql+aiomysql}, {@code mysql+pymysql}, {@code mariadb}).
 *
 * @param host a name or an address; IPv6 without brackets
 * @param user decoded, as is the password
 * @param parameters the parameters of the query after {@code ?}
 */
public record DatabaseUrl(
        String host, int port, String database, String user, String password, DatabaseParameters parameters) {

    public static final String VARIABLE = "EMBEDDING_DB_URL";
    private static final int DEFAULT_PORT = 3306;
    private static final int LARGEST_PORT = 65_535;

    /** Lenient pattern: an unencoded {@code @} in a password, a common mistake, belongs to the password. */
    private static final Pattern FORM = Pattern.compile(
            "(?i:mysql|mariadb)(?:\\+\\w+)?://"
                    + "(?:(?<user>[^:/@]*)(?::(?<password>.*?))?@)?"
                    + "(?:\\[(?<address>[^]/@]*)]|(?<name>[^:/?@\\[\\]]*))"
                    + "(?::(?<port>[0-9]*))?"
                    + "(?:/(?<database>[^?]*))?(?:\\?(?<query>.*))?",
            Pattern.DOTALL);

    private static final Pattern ENCODED = Pattern.compile("(?:%[0-9a-fA-F]{2})+");

    /** @throws IllegalArgumentException naming the variable, without any of the text */
    public static DatabaseUrl parse(String text) {
        Matcher url = FORM.matcher(text.strip());
        if (!url.matches()) {
            throw fault(text.isBlank() ? "it is empty" : "it has another form");
        }
        String host = url.group("address") == null ? part(url, "name") : part(url, "address");
        String user = decoded(part(url, "user"));
        require(!host.isBlank(), "it names no host");
        require(!user.isEmpty(), "it names no user");
        require(!part(url, "database").isBlank(), "it names no database");
        int port = port(part(url, "port"));
        DatabaseParameters parameters = DatabaseParameters.parse(part(url, "query"));
        return new DatabaseUrl(host, port, part(url, "database"), user, decoded(part(url, "password")), parameters);
    }

    /** Host and port for messages, never the credentials. */
    public String address() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    /**
     * Quarkus' configuration that activates the database, to be set before it starts. It contains nothing else: the
     * connection pool reads the rest from the variable, since Quarkus supports fewer forms of hosts and expands a
     * {@code $} in passwords.
     */
    public static Map<String, String> quarkusProperties() {
        return Map.of("quarkus.datasource.active", "true", "quarkus.datasource.reactive.url", "mysql://localhost");
    }

    @Override
    public String toString() {
        return "mysql://" + address() + "/" + database;
    }

    private static String part(Matcher url, String name) {
        return Objects.requireNonNullElse(url.group(name), "");
    }

    private static int port(String text) {
        if (text.isEmpty()) {
            return DEFAULT_PORT;
        }
        try {
            int port = Integer.parseInt(text);
            require(port >= 1 && port <= LARGEST_PORT, "its port is no port");
            return port;
        } catch (NumberFormatException tooLarge) {
            throw fault("its port is no port");
        }
    }

    /** Decodes a part; percent signs that encode nothing stay, as in Python's {@code unquote}. */
    private static String decoded(String text) {
        return ENCODED.matcher(text)
                .replaceAll(run -> Matcher.quoteReplacement(URLDecoder.decode(run.group(), StandardCharsets.UTF_8)));
    }

    private static void require(boolean fits, String otherwise) {
        if (!fits) {
            throw fault(otherwise);
        }
    }

    private static IllegalArgumentException fault(String reason) {
        return new IllegalArgumentException(
                VARIABLE + " must be mysql://user:password@host:port/database, but " + reason);
    }
}
