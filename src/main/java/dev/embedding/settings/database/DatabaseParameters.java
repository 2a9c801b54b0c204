package dev.embedding.settings.database;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The parameters of {@code EMBEDDING_DB_URL}: those that configure TLS are applied, others are ignored. An unknown
 * parameter that may concern security is rejected, since ignoring it would be less secure than intended.
 *
 * @param ignored names of the ignored parameters
 */
public record DatabaseParameters(DatabaseTls tls, List<String> ignored) {

    /** Ignored, as connections always use utf8mb4. */
    private static final String CHARSET = "charset";

    private static final List<String> WORDS_OF_SAFETY = List.of(
            "ssl",
            "tls",
            "cert",
            "verif",
            "auth",
            "key",
            "trust",
            "secur",
            "crypt",
            "cipher",
            "cleartext",
            "pass",
            "pwd",
            "credential",
            "identity",
            "hostname",
            "pem",
            "clientflag",
            "readdefault");

    public DatabaseParameters {
        ignored = List.copyOf(ignored);
    }

    /**
     * Reads a query.
     *
     * @param query the text after {@code ?}
     * @throws IllegalArgumentException naming variable, parameter and rule
     */
    static DatabaseParameters parse(String query) {
        Map<String, UrlParameter> ofTls = new LinkedHashMap<>();
        List<String> ignored = new ArrayList<>();
        Stream.of(query.split("&"))
                .filter(part -> !part.isEmpty())
                .map(UrlParameter::of)
                .forEach(parameter -> sort(parameter, ofTls, ignored));
        return new DatabaseParameters(new TlsParameters(ofTls).tls(), ignored);
    }

    private static void sort(UrlParameter parameter, Map<String, UrlParameter> ofTls, List<String> ignored) {
        String key = parameter.key();
        if (TlsParameters.isUnderstood(parameter)) {
            if (ofTls.put(key, parameter) != null) {
                throw parameter.fault("is given twice");
            }
        } else if (WORDS_OF_SAFETY.stream().anyMatch(key::contains)) {
            throw parameter.fault(
                    "is not understood; TLS is requested by ssl, ssl_mode, ssl_disabled, ssl_ca, ssl_capath,"
                            + " ssl_cert, ssl_key, ssl_verify_cert, ssl_verify_identity and ssl_check_hostname");
        } else if (!key.equals(CHARSET)) {
            ignored.add(parameter.shownName());
        }
    }

    /** A sentence that names the ignored parameters; empty when there are none. */
    public Optional<String> warning() {
        return ignored.isEmpty()
                ? Optional.empty()
                : Optional.of(DatabaseUrl.VARIABLE + " has parameters that are ignored: " + String.join(", ", ignored));
    }
}
