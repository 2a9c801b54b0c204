package dev.embedding.it.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.fixture.MariaDb;
import dev.embedding.fixture.ReferenceVectors;
import dev.embedding.fixture.ServiceProcess;
import dev.embedding.fixture.TestCertificates;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connects to a database that accepts encrypted connections only, whose certificate is for {@code localhost}. */
@Tag("thorough")
class DatabaseTlsIT {

    private static final String SMALL =
            ReferenceVectors.MODELS.resolve("bert-cls-normalize").toString();
    private static final String CERTIFIED = "certified";

    private static MariaDb database;
    private static TestCertificates files;

    @BeforeAll
    static void start(@TempDir Path directory) {
        files = new TestCertificates(directory)
                .authority("ours")
                .authority("another")
                .signed("server", "ours", "dns:localhost")
                .signed("client", "ours", "dns:client");
        database = MariaDb.installed(List.of(
                "--ssl-ca=" + files.certificate("ours"),
                "--ssl-cert=" + files.certificate("server"),
                "--ssl-key=" + files.key("server"),
                "--require-secure-transport=ON"));
        database.start();
        database.execute(
                "CREATE USER '%s'@'127.0.0.1' IDENTIFIED BY 'secret' REQUIRE X509; GRANT ALL ON %s.* TO '%s'@'127.0.0.1'"
                        .formatted(CERTIFIED, MariaDb.DATABASE, CERTIFIED));
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    private static String url(String host, String parameters) {
        return database.url().replace("127.0.0.1", host) + "?" + parameters;
    }

    private static String urlOfCertified(String parameters) {
        return "mysql://" + CERTIFIED + ":secret@localhost:" + database.port() + "/" + MariaDb.DATABASE + "?"
                + parameters;
    }

    private static ServiceProcess launched(String url) {
        return ServiceProcess.configure()
                .with("EMBEDDING_MODEL_NAME", SMALL)
                .with("EMBEDDING_DEVICE", "cpu")
                .with("EMBEDDING_USE_DB_SETTINGS", "true")
                .with("EMBEDDING_DB_URL", url)
                .with("EMBEDDING_SETTINGS_POLL_INTERVAL", "1s")
                .launch();
    }

    /** The server accepts nothing else, so every connection is encrypted. */
    @Test
    void connectsEncryptedAsTheUrlSays() {
        String ours = "ssl_ca=" + files.certificate("ours");
        List<String> urls = List.of(
                url("127.0.0.1", "ssl=true"),
                url("127.0.0.1", "ssl_mode=preferred"),
                url("localhost", ours + "&ssl_verify_cert=true"),
                urlOfCertified(ours + "&ssl_cert=" + files.certificate("client") + "&ssl_key=" + files.key("client")));
        List<ServiceProcess> services =
                urls.stream().map(DatabaseTlsIT::launched).toList();
        try {
            for (ServiceProcess service : services) {
                Following.awaitHealthy(service.await("/q/health/ready"));
                assertThat(Following.health(service)
                                .path("dependencies")
                                .path("database")
                                .textValue())
                        .isEqualTo("healthy");
            }
        } finally {
            services.forEach(ServiceProcess::close);
        }
    }

    @Test
    void explainsWhyAnEncryptedConnectionFails() {
        String ours = "ssl_ca=" + files.certificate("ours");
        Map<String, String> faults = new LinkedHashMap<>();
        faults.put(url("localhost", "ssl_ca=" + files.certificate("another")), "no authority that is named in ssl_ca");
        faults.put(url("127.0.0.1", ours + "&ssl_verify_cert=true"), "for another name than 127.0.0.1");
        faults.put(url("127.0.0.1", "charset=utf8mb4"), "takes encrypted connections only");
        faults.put(urlOfCertified(ours), "asks this user for a certificate");
        List<ServiceProcess> services = new ArrayList<>();
        try {
            faults.keySet().forEach(url -> services.add(launched(url)));
            int number = 0;
            for (String fault : faults.values()) {
                ServiceProcess service = services.get(number++).await("/q/health/ready");
                assertThat(Following.awaitFault(service, "database_fault", fault))
                        .contains(":" + database.port() + " ");
                assertThat(service.output()).contains(fault).doesNotContain(MariaDb.PASSWORD, "\tat ");
            }
        } finally {
            services.forEach(ServiceProcess::close);
        }
    }
}
