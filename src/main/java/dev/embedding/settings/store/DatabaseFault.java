package dev.embedding.settings.store;

import dev.embedding.settings.StoreUnavailableException;
import io.netty.channel.ConnectTimeoutException;
import io.smallrye.mutiny.TimeoutException;
import io.vertx.mysqlclient.MySQLException;
import io.vertx.sqlclient.ClosedConnectionException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What the driver's failures mean, in words for operators. */
final class DatabaseFault {

    private static final int NO_SUCH_TABLE = 1146;

    private final String address;
    private final String patience;

    DatabaseFault(String address, Duration timeout) {
        this.address = address;
        this.patience = timeout.toMillis() % 1000 == 0 ? timeout.toSeconds() + " s" : timeout.toMillis() + " ms";
    }

    static boolean isMissingTable(Throwable failure) {
        return serverError(failure).filter(code -> code == NO_SUCH_TABLE).isPresent();
    }

    StoreUnavailableException translated(Throwable failure) {
        String what = serverError(failure).map(DatabaseFault::saidByServer).orElseGet(() -> unanswered(failure));
        return new StoreUnavailableException("The database at " + address + " " + what, failure);
    }

    private String unanswered(Throwable failure) {
        if (hasCause(failure, TimeoutException.class::isInstance)
                || hasCause(failure, ConnectTimeoutException.class::isInstance)) {
            return "did not answer within " + patience;
        }
        if (hasCause(failure, UnknownHostException.class::isInstance)) {
            return "is not known by this name";
        }
        if (hasCause(failure, ConnectException.class::isInstance)) {
            return "refused the connection";
        }
        if (hasCause(failure, ClosedConnectionException.class::isInstance)
                || hasCause(failure, IOException.class::isInstance)) {
            return "closed the connection";
        }
        return "cannot be used";
    }

    /** MySQL's error numbers, which MariaDB shares. */
    private static String saidByServer(int code) {
        return switch (code) {
            case 1045, 1698, 1251, 2059 -> "refused the credentials";
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

    private static boolean hasCause(Throwable failure, Predicate<Throwable> kind) {
        return causes(failure).anyMatch(kind);
    }

    private static Stream<Throwable> causes(Throwable failure) {
        return Stream.<Throwable>iterate(failure, cause -> cause != null, Throwable::getCause)
                .limit(10);
    }
}
