package dev.embedding.settings.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.embedding.fixture.TestCertificates;
import io.vertx.mysqlclient.SslMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseParametersTest {

    private static final String URL = "mysql://anna:secret@db/settings?";

    private static Path directory;

    @BeforeAll
    static void makeFiles(@TempDir Path made) throws IOException {
        directory = made;
        TestCertificates files = new TestCertificates(made).authority("ca").signed("client", "ca", "dns:client");
        Files.writeString(made.resolve("none.pem"), "no certificate\n");
        Files.writeString(made.resolve("broken.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        Files.writeString(
                made.resolve("locked.key"),
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");
        Path hashed = Files.createDirectory(made.resolve("hashed"));
        Files.copy(files.certificate("ca"), hashed.resolve("0a1b2c3d.0"));
        Files.createDirectory(made.resolve("empty"));
    }

    /** @param query with {@code @} for the directory of the files */
    private static DatabaseParameters parse(String query) {
        return DatabaseUrl.parse(URL + query.replace("@", directory + "/")).parameters();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                                          | DISABLED
            charset=utf8mb4                             | DISABLED
            ssl=true                                    | REQUIRED
            SSL=1                                       | REQUIRED
            tls=yes                                     | REQUIRED
            useSSL=true                                 | REQUIRED
            ssl=false                                   | DISABLED
            ssl_disabled=true                           | DISABLED
            ssl_disabled=false                          | PREFERRED
            ssl_mode=DISABLED                           | DISABLED
            ssl_mode=preferred                          | PREFERRED
            ssl-mode=Required                           | REQUIRED
            sslmode=verify_ca                           | VERIFY_CA
            sslMode=verify-full                         | VERIFY_IDENTITY
            ssl_mode=VERIFY_IDENTITY                    | VERIFY_IDENTITY
            ssl_ca=@ca.pem                              | VERIFY_IDENTITY
            ssl_ca=@ca.pem&ssl=true                     | VERIFY_IDENTITY
            ssl_capath=@hashed                          | VERIFY_IDENTITY
            ssl_ca=@ca.pem&ssl_check_hostname=false     | VERIFY_CA
            ssl_ca=@ca.pem&ssl_verify_cert=true         | VERIFY_IDENTITY
            ssl_ca=@ca.pem&ssl_verify_cert=true&ssl_check_hostname=false | VERIFY_CA
            ssl_ca=@ca.pem&ssl_mode=REQUIRED            | VERIFY_CA
            ssl_ca=@ca.pem&ssl_mode=PREFERRED           | VERIFY_CA
            ssl_ca=@ca.pem&ssl_verify_cert=false        | REQUIRED
            ssl_ca=@ca.pem&ssl_verify_cert=true&ssl_verify_identity=true | VERIFY_IDENTITY
            ssl_verify_cert=true                        | VERIFY_IDENTITY
            ssl_verify_cert=false                       | REQUIRED
            ssl_verify_identity=true                    | VERIFY_IDENTITY
            ssl_check_hostname=on                       | VERIFY_IDENTITY
            ssl_check_hostname=false                    | REQUIRED
            ssl_mode=REQUIRED&ssl_verify_cert=true      | VERIFY_CA
            ssl=false&ssl_verify_cert=false             | DISABLED
            ssl_cert=@client.pem&ssl_key=@client.key    | REQUIRED
            """)
    void usesTheStrictestModeThatTheParametersRequire(String query, SslMode mode) {
        assertThat(parse(query).tls().mode()).isEqualTo(mode);
    }

    @Test
    void readsTheNamedFiles() {
        DatabaseTls tls =
                parse("ssl_ca=@ca.pem&ssl_cert=@client.pem&ssl_key=@client.key").tls();

        assertThat(tls.authorities()).isPresent();
        assertThat(tls.identity()).isPresent();
        assertThat(parse("ssl_verify_cert=true").tls().authorities()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ssl_verify_cert=maybe                  | ssl_verify_cert must be true or false, not 'maybe'
            ssl_verify_identity=                   | ssl_verify_identity must be true or false, not ''
            ssl                                    | ssl must be true or false, not ''
            ssl={"ca":"secret"}                    | ssl must be true or false
            ssl_mode=strict                        | ssl_mode must be DISABLED, PREFERRED
            ssl_mode=REQUIRED&sslMode=REQUIRED     | sslMode is given twice
            ssl_ca=@ca.pem&ssl_ca=@ca.pem          | ssl_ca is given twice
            ssl_ca=                                | ssl_ca must name a file
            ssl_ca=@missing.pem                    | ssl_ca must name a file
            ssl_ca=@hashed                         | is no file
            ssl_ca=@none.pem                       | holds none
            ssl_ca=@broken.pem                     | is broken
            ssl_capath=@empty                      | holds none
            ssl_capath=@ca.pem                     | cannot be read
            ssl_cert=@client.pem                   | ssl_cert needs ssl_key
            ssl_key=@client.key                    | ssl_key needs ssl_cert
            ssl_cert=@client.pem&ssl_key=@none.pem | ssl_key must name a file with an unencrypted private key
            ssl_cert=@client.pem&ssl_key=@locked.key | ssl_key must name a file with an unencrypted private key
            ssl_cert=@client.pem&ssl_key=@ca.key   | it is another's
            ssl=false&ssl_ca=@ca.pem               | ssl_ca contradicts the parameter ssl
            ssl_disabled=true&ssl=true             | ssl contradicts the parameter ssl_disabled
            ssl_mode=DISABLED&ssl_verify_cert=1    | ssl_verify_cert contradicts the parameter ssl_mode
            ssl_mode=VERIFY_CA&ssl_verify_cert=0   | ssl_mode contradicts the parameter ssl_verify_cert
            ssl_verify_identity=1&ssl_check_hostname=0 | ssl_verify_identity contradicts the parameter ssl_check_hostname
            ssl_cipher=AES256                      | ssl_cipher is not understood
            ssl_key_password=secret                | ssl_key_password is not understood
            serverSslCert=@ca.pem                  | serverSslCert is not understood
            verifyServerCertificate=true           | verifyServerCertificate is not understood
            tls_version=TLSv1.3                    | tls_version is not understood
            auth_plugin=mysql_clear_password       | auth_plugin is not understood
            server_public_key=secret               | server_public_key is not understood
            client_flag=2048                       | client_flag is not understood
            read_default_file=/etc/my.cnf          | read_default_file is not understood
            amp;ssl_ca=@ca.pem                     | amp;ssl_ca is not understood
            """)
    void rejectsParametersThatItCannotApply(String query, String rule) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(query))
                .withMessageStartingWith("EMBEDDING_DB_URL parameter ")
                .withMessageContaining(rule)
                .withMessageNotContaining("secret");
    }

    @Test
    void decodesNamesOfFiles() throws IOException {
        Files.copy(directory.resolve("ca.pem"), directory.resolve("our ca+.pem"));

        assertThat(parse("ssl_ca=@our%20ca%2B.pem").tls().mode()).isEqualTo(SslMode.VERIFY_IDENTITY);
        assertThat(parse("ssl_ca=@our+ca%2B.pem").tls().mode()).isEqualTo(SslMode.VERIFY_IDENTITY);
    }

    @Test
    void ignoresOtherParametersWithOneWarning() {
        DatabaseParameters parameters = parse("charset=utf8mb4&connect_timeout=5&note=a/b:c&ssl=true");

        assertThat(parameters.warning())
                .hasValue("EMBEDDING_DB_URL has parameters that are ignored: connect_timeout, note");
        assertThat(parameters.tls().mode()).isEqualTo(SslMode.REQUIRED);
        assertThat(parse("charset=utf8mb4").warning()).isEmpty();
    }
}
