package dev.embedding.settings.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.vertx.mysqlclient.MySQLConnectOptions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseUrlTest {

    private static final DatabaseParameters NO_PARAMETERS = new DatabaseParameters(DatabaseTls.NONE, List.of());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mysql+aiomysql://anna:secret@db:3307/settings",
                "mysql+pymysql://anna:secret@db:3307/settings",
                "mysql://anna:secret@db:3307/settings",
                "mariadb://anna:secret@db:3307/settings",
                "  MySQL://anna:secret@db:3307/settings?charset=utf8mb4&ssl=false  "
            })
    void readsTheUsualForms(String text) {
        assertThat(DatabaseUrl.parse(text))
                .isEqualTo(new DatabaseUrl("db", 3307, "settings", "anna", "secret", NO_PARAMETERS));
    }

    @ParameterizedTest
    @CsvSource({
        "a%40b:p%3Aq%2Fr%25, a@b, p:q/r%",
        "anna:p+q%20r, anna, p+q r",
        "anna:%C3%A4%zz%, anna, ä%zz%",
        "anna:p@ss:w/o?r#d$$, anna, p@ss:w/o?r#d$$",
        "anna:, anna, ''",
        "anna, anna, ''"
    })
    void decodesTheCredentials(String credentials, String user, String password) {
        DatabaseUrl url = DatabaseUrl.parse("mysql://" + credentials + "@db/settings");

        assertThat(url).isEqualTo(new DatabaseUrl("db", 3306, "settings", user, password, NO_PARAMETERS));
    }

    @ParameterizedTest
    @CsvSource({
        "db, db, 3306, db:3306",
        "db:, db, 3306, db:3306",
        "my_db-1.local, my_db-1.local, 3306, my_db-1.local:3306",
        "10.0.0.7:65535, 10.0.0.7, 65535, 10.0.0.7:65535",
        "[::1], ::1, 3306, [::1]:3306",
        "[fe80::1]:3307, fe80::1, 3307, [fe80::1]:3307"
    })
    void readsHostAndPort(String authority, String host, int port, String address) {
        DatabaseUrl url = DatabaseUrl.parse("mysql://anna:secret@" + authority + "/settings");

        assertThat(url.host()).isEqualTo(host);
        assertThat(url.port()).isEqualTo(port);
        assertThat(url.address()).isEqualTo(address);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                                     | it is empty
            postgresql://anna:secret@db/settings   | it has another form
            anna:secret@db/settings                | it has another form
            mysql://anna:secret@/settings          | it names no host
            mysql://anna:secret@db                 | it names no database
            mysql://anna:secret@db/?charset=secret | it names no database
            mysql://db/settings                    | it names no user
            mysql://anna:secret@db:0/settings      | its port is no port
            mysql://anna:secret@db:65536/settings  | its port is no port
            mysql://anna:secret@db:x/settings      | it has another form
            """)
    void namesTheProblemWithoutSecrets(String text, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DatabaseUrl.parse(text))
                .withMessage("EMBEDDING_DB_URL must be mysql://user:password@host:port/database, but " + reason)
                .withMessageNotContaining("secret")
                .withNoCause();
    }

    @Test
    void showsNoPassword() {
        assertThat(DatabaseUrl.parse("mysql+aiomysql://anna:secret@db/settings"))
                .hasToString("mysql://db:3306/settings");
    }

    @Test
    void activatesTheDatabaseWithAUrlThatQuarkusAccepts() {
        Map<String, String> properties = DatabaseUrl.quarkusProperties();

        assertThat(properties)
                .containsEntry("quarkus.datasource.active", "true")
                .hasSize(2);
        assertThat(MySQLConnectOptions.fromUri(properties.get("quarkus.datasource.reactive.url")))
                .isNotNull();
    }
}
