package dev.embedding.settings.store;

import dev.embedding.settings.database.DatabaseTls;
import dev.embedding.settings.database.DatabaseUrl;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.TrustOptions;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.mysqlclient.SslMode;
import io.vertx.sqlclient.SqlConnectOptions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import javax.net.ssl.TrustManagerFactory;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Adds the configured encryption to the options of each connection.
 *
 * <p>The driver's own {@code PREFERRED} falls back to plain connections after any TLS failure. Here the server's
 * greeting decides: where it offers TLS, the connection is encrypted or fails.
 */
final class DatabaseTransport implements Supplier<Future<SqlConnectOptions>> {

    private static final Logger LOG = Logger.getLogger(DatabaseTransport.class);
    private static final String VERIFIES_NAMES = "HTTPS";
    private static final @Nullable KeyStore THAT_JAVA_TRUSTS = null;

    private final MySQLConnectOptions encrypted;
    private final MySQLConnectOptions plain;
    private final SslMode mode;
    private final String address;
    private final ServerGreeting greeting;
    private final AtomicBoolean isPlainKnown = new AtomicBoolean();

    /** @param options options of every connection, without those for TLS */
    DatabaseTransport(MySQLConnectOptions options, DatabaseUrl url, Vertx vertx, Duration timeout) {
        DatabaseTls tls = url.parameters().tls();
        this.mode = tls.mode();
        this.address = url.address();
        this.plain = new MySQLConnectOptions(options).setSslMode(SslMode.DISABLED);
        this.encrypted = encrypted(new MySQLConnectOptions(options), tls);
        encrypted.setSslHandshakeTimeout(timeout.toMillis()).setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
        this.greeting = new ServerGreeting(vertx, options.getHost(), options.getPort(), timeout);
    }

    private static MySQLConnectOptions encrypted(MySQLConnectOptions options, DatabaseTls tls) {
        tls.identity().ifPresent(options::setKeyCertOptions);
        boolean verifies = tls.mode().compareTo(SslMode.VERIFY_CA) >= 0;
        if (verifies) {
            options.setSslMode(tls.mode())
                    .setTrustOptions(tls.authorities().orElseGet(DatabaseTransport::trustedByJava));
        } else {
            options.setSslMode(SslMode.REQUIRED).setTrustAll(true);
        }
        options.setHostnameVerificationAlgorithm(tls.mode() == SslMode.VERIFY_IDENTITY ? VERIFIES_NAMES : "");
        return options;
    }

    private static TrustOptions trustedByJava() {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(THAT_JAVA_TRUSTS);
            return TrustOptions.wrap(factory);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("Java's own authorities cannot be read", impossible);
        }
    }

    /** Options of the next connection. */
    @Override
    public Future<SqlConnectOptions> get() {
        return switch (mode) {
            case DISABLED -> Future.succeededFuture(plain);
            case REQUIRED, VERIFY_CA, VERIFY_IDENTITY -> Future.succeededFuture(encrypted);
            case PREFERRED -> greeting.offersTls().map(this::preferred);
        };
    }

    private SqlConnectOptions preferred(boolean isOffered) {
        if (!isOffered && isPlainKnown.compareAndSet(false, true)) {
            LOG.warnf("The database at %s offers no TLS; its connections are not encrypted", address);
        }
        return isOffered ? encrypted : plain;
    }
}
