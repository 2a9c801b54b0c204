package dev.embedding.settings.store;

import dev.embedding.settings.StoreUnavailableException;
import dev.embedding.settings.database.DatabaseTls;
import dev.embedding.settings.database.DatabaseUrl;
import io.netty.channel.ConnectTimeoutException;
import io.smallrye.mutiny.TimeoutException;
import io.vertx.mysqlclient.MySQLException;
import io.vertx.mysqlclient.SslMode;
import io.vertx.sqlclient.ClosedConnectionException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** Converts the driver's failures to messages for operators. */
final class DatabaseFault {

    private static final int NO_SUCH_TABLE = 1146;

    private static final Set<Integer> CHARACTERS = Set.of(1300, 1366, 3854, 3988);
    private static final Set<Integer> LENGTH = Set.of(1265, 1406);
    /** Error codes of ranges, check constraints and triggers. */
    private static final Set<Integer> OTHERWISE_UNFIT = Set.of(1264, 1292, 1452, 1644, 3819, 4025);

    private final String address;
    private final String patience;
    private final TlsFault ofTls;
    private final DatabaseTls tls;

    DatabaseFault(DatabaseUrl url, Duration timeout) {
        this.address = url.address();
        this.patience = timeout.toMillis() % 1000 == 0 ? timeout.toSeconds() + " s" : timeout.toMillis() + " ms";
        this.tls = url.parameters().tls();
        this.ofTls = new TlsFault(url.host(), tls.authorities().isPresent());
    }

    static boolean isMissingTable(Throwable failure) {
        return serverError(failure).filter(code -> code == NO_SUCH_TABLE).isPresent();
    }

    /** Whether the table accepts rows, but not this value. */
    static boolean isOfValue(Throwable failure) {
        return serverError(failure)
                .filter(code -> CHARACTERS.contains(code) || LENGTH.contains(code) || OTHERWISE_UNFIT.contains(code))
                .isPresent();
    }

    /** The message for the caller who sent the value. */
    static String unstorable(Throwable ofValue) {
        int code = serverError(ofValue).orElseThrow();
        String why = CHARACTERS.contains(code)
                ? "has characters that its column does not take"
                : LENGTH.contains(code) ? "is longer than its column" : "is refused";
        return "The database's table cannot hold the value, which " + why + " (error " + code + ")";
    }

    StoreUnavailableException translated(Throwable failure) {
        String what = serverError(failure).map(this::saidByServer).orElseGet(() -> unanswered(failure));
        return new StoreUnavailableException("The database at " + address + " " + what, failure);
    }

    private String unanswered(Throwable failure) {
        if (hasCause(failure, TimeoutException.class) || hasCause(failure, ConnectTimeoutException.class)) {
            return "did not answer within " + patience;
        }
        if (hasCause(failure, UnknownHostException.class)) {
            return "is not known by this name";
        }
        if (hasCause(failure, ConnectException.class)) {
            return "refused the connection";
        }
        if (hasCause(failure, SSLException.class)) {
            return ofTls.said(causes(failure).toList());
        }
        if (hasCause(failure, ClosedConnectionException.class) || hasCause(failure, IOException.class)) {
            return tls.identity().isPresent()
                    ? "closed the connection; it may refuse the certificate in ssl_cert"
                    : "closed the connection";
        }
        return "cannot be used";
    }

    /** MySQL's error numbers, which MariaDB shares. */
    private String saidByServer(int code) {
        return switch (code) {
            case 1045, 1698, 1251, 2059 -> "refused the credentials" + perhapsForTls();
            case 3159 -> "takes encrypted connections only: ask for TLS in EMBEDDING_DB_URL";
            case 1044, 1142, 1143, 1227 -> "does not allow its user what is needed (error " + code + ")";
            case 1049 -> "has no database of the name given";
            case 1040, 1203, 1226 -> "has no connection left for this user";
            case 1129, 1130 -> "does not take connections from this machine";
            case 1406 -> "does not hold a value as long";
            case 1205, 1213 -> "was busy with another change of the same rows";
            case 1290, 1792, 1836 -> "is read-only";
            default -> "answered with error " + code;
        };
    }

    private String perhapsForTls() {
        if (tls.mode() == SslMode.DISABLED) {
            return ", or takes this user with TLS only";
        }
        return tls.identity().isPresent() ? "" : ", or asks this user for a certificate (ssl_cert)";
    }

    private static Optional<Integer> serverError(Throwable failure) {
        return causes(failure)
                .flatMap(cause -> {
                    if (cause instanceof MySQLException ofDriver) {
                        return Stream.of(ofDriver.getErrorCode());
                    }
                    return cause instanceof SQLException ofHibernate
                            ? Stream.of(ofHibernate.getErrorCode())
                            : Stream.empty();
                })
                .findFirst();
    }

    private static boolean hasCause(Throwable failure, Class<? extends Throwable> kind) {
        return causes(failure).anyMatch(kind::isInstance);
    }

    private static Stream<Throwable> causes(Throwable failure) {
        return Stream.<Throwable>iterate(failure, cause -> cause != null, Throwable::getCause)
                .limit(10);
    }
}
