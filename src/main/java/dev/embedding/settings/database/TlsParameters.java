package dev.embedding.settings.database;

import static io.vertx.mysqlclient.SslMode.DISABLED;
import static io.vertx.mysqlclient.SslMode.PREFERRED;
import static io.vertx.mysqlclient.SslMode.REQUIRED;
import static io.vertx.mysqlclient.SslMode.VERIFY_CA;
import static io.vertx.mysqlclient.SslMode.VERIFY_IDENTITY;
import static java.util.Map.entry;

import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import io.vertx.mysqlclient.SslMode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The parameters of {@code EMBEDDING_DB_URL} that configure TLS, as SQLAlchemy's drivers accept them. Each allows a
 * range of modes; the strictest mode that any of them requires is used, and ranges without a common mode contradict
 * each other.
 */
final class TlsParameters {

    private enum Meaning {
        SWITCH,
        DISABLED,
        MODE,
        VERIFY_CERTIFICATE,
        VERIFY_NAME,
        AUTHORITIES,
        CLIENT_CERTIFICATE
    }

    private static final String AUTHORITIES_FILE = "sslca";
    private static final String AUTHORITIES_DIRECTORY = "sslcapath";
    private static final String CERTIFICATE = "sslcert";
    private static final String PRIVATE_KEY = "sslkey";

    /** Parameters by {@link UrlParameter#key}. */
    private static final Map<String, Meaning> MEANINGS = Map.ofEntries(
            entry("ssl", Meaning.SWITCH),
            entry("tls", Meaning.SWITCH),
            entry("usessl", Meaning.SWITCH),
            entry("ssldisabled", Meaning.DISABLED),
            entry("sslmode", Meaning.MODE),
            entry("sslverifycert", Meaning.VERIFY_CERTIFICATE),
            entry("sslverifyidentity", Meaning.VERIFY_NAME),
            entry("sslcheckhostname", Meaning.VERIFY_NAME),
            entry(AUTHORITIES_FILE, Meaning.AUTHORITIES),
            entry(AUTHORITIES_DIRECTORY, Meaning.AUTHORITIES),
            entry(CERTIFICATE, Meaning.CLIENT_CERTIFICATE),
            entry(PRIVATE_KEY, Meaning.CLIENT_CERTIFICATE));

    private static final Set<String> YES = Set.of("true", "yes", "on", "y", "t", "1");
    private static final Set<String> NO = Set.of("false", "no", "off", "n", "f", "0");

    /** Modes by their names in MySQL's clients and in MariaDB's. */
    private static final Map<String, SslMode> MODES = Map.of(
            "DISABLED", DISABLED,
            "DISABLE", DISABLED,
            "PREFERRED", PREFERRED,
            "REQUIRED", REQUIRED,
            "TRUST", REQUIRED,
            "VERIFY_CA", VERIFY_CA,
            "VERIFY_IDENTITY", VERIFY_IDENTITY,
            "VERIFY_FULL", VERIFY_IDENTITY);

    private final Map<String, UrlParameter> given;

    /** @param given parameters by {@link UrlParameter#key}, all of them known */
    TlsParameters(Map<String, UrlParameter> given) {
        this.given = new LinkedHashMap<>(given);
    }

    static boolean isUnderstood(UrlParameter parameter) {
        return MEANINGS.containsKey(parameter.key());
    }

    /** @throws IllegalArgumentException naming variable, parameter and rule */
    DatabaseTls tls() {
        return given.isEmpty() ? DatabaseTls.NONE : new DatabaseTls(mode(), authorities(), identity());
    }

    private Optional<UrlParameter> parameter(String key) {
        return Optional.ofNullable(given.get(key));
    }

    private Optional<TrustOptions> authorities() {
        Optional<UrlParameter> file = parameter(AUTHORITIES_FILE);
        Optional<UrlParameter> directory = parameter(AUTHORITIES_DIRECTORY);
        return file.isEmpty() && directory.isEmpty()
                ? Optional.empty()
                : Optional.of(TlsFiles.authorities(file, directory));
    }

    private Optional<KeyCertOptions> identity() {
        Optional<UrlParameter> certificate = parameter(CERTIFICATE);
        Optional<UrlParameter> key = parameter(PRIVATE_KEY);
        if (key.isEmpty()) {
            certificate.ifPresent(lonely -> {
                throw lonely.fault("needs ssl_key beside it, the file with its private key");
            });
            return Optional.empty();
        }
        return Optional.of(TlsFiles.identity(
                certificate.orElseThrow(
                        () -> key.get().fault("needs ssl_cert beside it, the file with its certificate")),
                key.get()));
    }

    private record Range(UrlParameter by, SslMode least, SslMode most) {

        static Range atLeast(SslMode least, UrlParameter by) {
            return new Range(by, least, VERIFY_IDENTITY);
        }

        static Range atMost(SslMode most, UrlParameter by) {
            return new Range(by, DISABLED, most);
        }
    }

    private SslMode mode() {
        List<Range> ranges = given.values().stream().map(this::range).toList();
        Range strictest = ranges.get(0);
        Range laxest = ranges.get(0);
        for (Range range : ranges) {
            strictest = range.least.compareTo(strictest.least) > 0 ? range : strictest;
            laxest = range.most.compareTo(laxest.most) < 0 ? range : laxest;
        }
        if (strictest.least.compareTo(laxest.most) > 0) {
            throw strictest.by.fault("contradicts the parameter " + laxest.by.shownName());
        }
        // A parameter about verification implies TLS, even when it disables the verification.
        return strictest.least == DISABLED && laxest.most != DISABLED ? REQUIRED : strictest.least;
    }

    private Range range(UrlParameter by) {
        return switch (meaning(by)) {
            case SWITCH -> isYes(by) ? Range.atLeast(REQUIRED, by) : Range.atMost(DISABLED, by);
            case DISABLED -> isYes(by) ? Range.atMost(DISABLED, by) : Range.atLeast(PREFERRED, by);
            case MODE -> {
                SslMode mode = namedMode(by);
                yield mode == DISABLED ? Range.atMost(mode, by) : Range.atLeast(mode, by);
            }
            case VERIFY_CERTIFICATE -> isYes(by) ? Range.atLeast(verification(), by) : Range.atMost(REQUIRED, by);
            case VERIFY_NAME -> isYes(by) ? Range.atLeast(VERIFY_IDENTITY, by) : Range.atMost(VERIFY_CA, by);
            case AUTHORITIES -> Range.atLeast(impliedByAuthorities(), by);
            case CLIENT_CERTIFICATE -> Range.atLeast(REQUIRED, by);
        };
    }

    private static Meaning meaning(UrlParameter parameter) {
        return MEANINGS.getOrDefault(parameter.key(), Meaning.SWITCH);
    }

    private SslMode impliedByAuthorities() {
        boolean skipsVerification = given.values().stream()
                .anyMatch(parameter -> meaning(parameter) == Meaning.VERIFY_CERTIFICATE && !isYes(parameter));
        return skipsVerification ? REQUIRED : verification();
    }

    /** Host names are verified too, unless another parameter configures the verification. */
    private SslMode verification() {
        Set<Meaning> ofNames = Set.of(Meaning.MODE, Meaning.VERIFY_NAME);
        boolean isSaid = given.values().stream().anyMatch(parameter -> ofNames.contains(meaning(parameter)));
        return isSaid ? VERIFY_CA : VERIFY_IDENTITY;
    }

    private static SslMode namedMode(UrlParameter parameter) {
        String name = parameter.value().strip().toUpperCase(Locale.ROOT).replace('-', '_');
        SslMode mode = MODES.get(name);
        if (mode == null) {
            throw parameter.faultOfValue("must be DISABLED, PREFERRED, REQUIRED, VERIFY_CA or VERIFY_IDENTITY");
        }
        return mode;
    }

    private static boolean isYes(UrlParameter parameter) {
        String value = parameter.value().strip().toLowerCase(Locale.ROOT);
        if (!YES.contains(value) && !NO.contains(value)) {
            throw parameter.faultOfValue("must be true or false");
        }
        return YES.contains(value);
    }
}
