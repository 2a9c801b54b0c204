package dev.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The API's document, and the pages that show it. */
@ExtendWith(SharedService.class)
class DocumentsIT {

    private static final Pattern REFERENCE = Pattern.compile("(?:href|src)=\"([^\"]+)\"");
    private static final Pattern DOCUMENT = Pattern.compile("url: '([^']+)'");

    private final ServiceClient client;

    DocumentsIT(ServiceProcess service) {
        client = service.client();
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
    void haveTheirPagesFromTheServiceItself() {
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
            Answer answer = client.get(page.resolve(asset).toString());
            assertThat(answer.status()).as(asset).isEqualTo(200);
            assertThat(answer.body()).as(asset).isNotEmpty();
        }
        Matcher document = DOCUMENT.matcher(html);
        assertThat(document.find()).isTrue();
        assertThat(client.get(document.group(1)).text()).contains("/embed/single");
    }
}
