package dev.embedding.it.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.embedding.fixture.Answer;
import dev.embedding.fixture.Command;
import dev.embedding.fixture.RawConnection;
import dev.embedding.fixture.ServiceProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests pages in a real browser that try to change settings; needs Chromium on the path, and is skipped without it. */
@Tag("clients")
class BrowserIT {

    /** Every way in which a page may send a request, with and without a preflight. */
    private static final String PAGE = """
            <!doctype html><title>page</title><body><script>
            const service = "%s", change = JSON.stringify({key: "max_batch_size", value: 77});
            const attempts = {
              json: {method: "POST", body: change, headers: {"Content-Type": "application/json"}},
              blob: {method: "POST", body: new Blob([change]), mode: "no-cors"},
              text: {method: "POST", body: change, mode: "no-cors"},
              form: {method: "POST", body: new URLSearchParams({[change]: ""}), mode: "no-cors"},
              del: {method: "DELETE"},
            };
            (async () => {
              const found = [];
              for (const [name, init] of Object.entries(attempts)) {
                const path = name === "del" ? "/settings/max_batch_size" : "/settings";
                try { found.push(name + "=" + (await fetch(service + path, init)).status); }
                catch (refused) { found.push(name + "=refused"); }
              }
              navigator.sendBeacon(service + "/settings", change);
              document.title = "done";
              document.body.textContent = "found " + found.join(" ");
            })();
            </script>
            """;

    private ServiceProcess service;
    private HttpServer pages;

    @BeforeAll
    static void requireABrowser() {
        assumeTrue(chromium().isPresent(), "There is no Chromium");
    }

    @BeforeEach
    void start() throws IOException {
        service = ServiceProcess.configure()
                .with("EMBEDDING_SETTINGS_FILE", "settings.json")
                .file("settings.json", "{\"max_batch_size\": \"32\"}")
                .ready();
        pages = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        pages.setExecutor(Executors.newCachedThreadPool());
        pages.start();
    }

    @AfterEach
    void stop() {
        pages.stop(0);
        service.close();
    }

    private static Optional<Path> chromium() {
        return Stream.of(System.getenv("PATH").split(":"))
                .flatMap(folder -> Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private void servePage(String address) {
        byte[] page = PAGE.formatted(address).getBytes(StandardCharsets.UTF_8);
        pages.createContext("/page", exchange -> {
            exchange.getResponseHeaders().add("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
    }

    /**
     * Simulates DNS rebinding: a name that first leads to the page and then to the service, which gets the request as
     * the browser wrote it.
     */
    private void forwardEverythingElse() {
        pages.createContext("/", exchange -> {
            Answer answer = forwarded(exchange);
            byte[] body = answer.text().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }

    private Answer forwarded(HttpExchange exchange) throws IOException {
        StringBuilder head =
                new StringBuilder(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " HTTP/1.1\r\n");
        exchange.getRequestHeaders()
                .forEach((name, values) -> values.forEach(
                        value -> head.append(name).append(": ").append(value).append("\r\n")));
        try (RawConnection connection = service.connect()) {
            connection.send(head + "\r\n");
            return connection.send(exchange.getRequestBody().readAllBytes()).answer();
        }
    }

    private String visit(String page, Path profile) throws IOException, InterruptedException {
        String dom = Command.output(new ProcessBuilder(
                chromium().orElseThrow().toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--user-data-dir=" + profile,
                "--host-resolver-rules=MAP evil.example 127.0.0.1",
                "--virtual-time-budget=20000",
                "--dump-dom",
                page));
        assertThat(dom).contains("found ");
        return dom.substring(dom.indexOf("found "));
    }

    private int batchSize() {
        return service.client().setting("max_batch_size").intValue();
    }

    private String pageAt(String host) {
        return "http://" + host + ":" + pages.getAddress().getPort() + "/page";
    }

    @Test
    void aForeignPageChangesNothing(@TempDir Path profile) throws Exception {
        servePage("http://127.0.0.1:" + service.port());

        String found = visit(pageAt("evil.example"), profile);

        assertThat(found).contains("json=403", "del=403");
        assertThat(batchSize()).isEqualTo(32);
    }

    @Test
    void aReboundPageChangesNothing(@TempDir Path profile) throws Exception {
        servePage("");
        forwardEverythingElse();

        String found = visit(pageAt("evil.example"), profile);

        assertThat(found).contains("json=403", "blob=403", "text=403", "form=403", "del=403");
        assertThat(batchSize()).isEqualTo(32);
    }

    @Test
    void aPageOfTheServiceItselfChangesSettingsAsJson(@TempDir Path profile) throws Exception {
        servePage("");
        forwardEverythingElse();

        String found = visit(pageAt("127.0.0.1"), profile);

        assertThat(found).contains("json=200", "blob=415", "text=415", "form=415", "del=200");
        assertThat(List.of(service.stdout().split("\n"))).anyMatch(line -> line.contains("from '32' to '77' by api"));
    }
}
