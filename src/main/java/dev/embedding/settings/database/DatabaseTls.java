package dev.embedding.settings.database;

import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import io.vertx.mysqlclient.SslMode;
import java.util.Optional;

/**
 * Encryption of the connections to the database.
 *
 * @param mode as MySQL's clients define them; {@code PREFERRED} is never plain where the server offers TLS
 * @param authorities trusted certificate authorities of the server; empty for those that Java trusts
 * @param identity certificate and key that are presented to the server
 */
public record DatabaseTls(SslMode mode, Optional<TrustOptions> authorities, Optional<KeyCertOptions> identity) {

    /** The default, without any parameter. */
    static final DatabaseTls NONE = new DatabaseTls(SslMode.DISABLED, Optional.empty(), Optional.empty());
}
