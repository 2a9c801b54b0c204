package dev.embedding.it.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.fixture.Answer;
import dev.embedding.fixture.ServiceClient;
import dev.embedding.fixture.ServiceProcess;
import dev.embedding.fixture.SharedService;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests the OpenAPI document, and the pages that show it. */
@ExtendWith(SharedService.class)
class DocumentsIT {

    private static final Pattern REFERENCE = Pattern.compile("(?:href|src)=\"([^\"]+)\"");
    private static final Pattern SCRIPT = Pattern.compile("<script(?: defer)?>(.+?)</script>", Pattern.DOTALL);
    private static final Pattern DOCUMENT = Pattern.compile("url: '([^']+)'");

    private final ServiceClient client;

    DocumentsIT(ServiceProcess service) {
        client = service.client();
    }

    @Test
    void letBrowsersRunOnlyTheScriptsOfThePages() throws NoSuchAlgorithmException {
        Answer page = client.get("/docs/");

        String policy = page.header("Content-Security-Policy").orElse("");
        assertThat(policy).contains("default-src 'none'", "frame-ancestors 'none'");
        Matcher scripts = SCRIPT.matcher(page.text());
        int inline = 0;
        while (scripts.find()) {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(scripts.group(1).getBytes(StandardCharsets.UTF_8));
            assertThat(policy).contains("'sha256-" + Base64.getEncoder().encodeToString(hash) + "'");
            inline++;
        }
        assertThat(inline).isEqualTo(2);
        assertThat(page.header("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(page.header("Referrer-Policy")).hasValue("no-referrer");
        assertThat(page.header("Server")).isEmpty();
    }

    @Test
    void describeEveryPathOfTheContract() {
        JsonNode document = client.get("/openapi.json").json();

        assertThat(document.path("openapi").textValue()).startsWith("3.");
        List<String> operations = new ArrayList<>();
        document.path("paths").properties().forEach(path -> path.getValue()
                .fieldNames()
                .forEachRemaining(method -> operations.add(method + " " + path.getKey())));
        assertThat(operations)
                .contains(
                        "post /embed",
                        "post /embed/single",
                        "get /",
                        "get /health",
                        "get /metrics",
                        "get /model/info",
                        "get /settings",
                        "post /settings",
                        "post /settings/bulk",
                        "delete /settings/{key}");
    }

    @Test
    void loadTheirPagesFromTheServiceItself() {
        Answer redirect = client.get("/docs");
        URI page = URI.create("/docs").resolve(redirect.header("Location").orElse("/docs"));
        String html = client.get(page.toString()).text();

        assertThat(html).contains("<html");
        Matcher references = REFERENCE.matcher(html);
        List<String> assets = new ArrayList<>();
        while (references.find()) {
            assets.add(references.group(1));
        }
        assertThat(assets).isNotEmpty().noneMatch(asset -> asset.contains("//"));
        for (String asset : assets) {
            Answer response = client.get(page.resolve(asset).toString());
            assertThat(response.status()).as(asset).isEqualTo(200);
            assertThat(response.body()).as(asset).isNotEmpty();
        }
        Matcher document = DOCUMENT.matcher(html);
        assertThat(document.find()).isTrue();
        assertThat(client.get(document.group(1)).text()).contains("/embed/single");
    }
}
