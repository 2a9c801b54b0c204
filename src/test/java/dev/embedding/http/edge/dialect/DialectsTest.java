package dev.embedding.http.edge.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.http.access.Access;
import dev.embedding.http.edge.dialect.Route.Purpose;
import dev.embedding.serving.FailureKind;
import dev.embedding.serving.RequestFailure;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DialectsTest {

    private final ErrorFormat ofFirst = new NamedFormat("first");
    private final ErrorFormat ofSecond = new NamedFormat("second");
    private final ErrorFormat ofOthers = new NamedFormat("others");
    private final Dialects dialects = new Dialects(
            List.of(
                    new Dialect(
                            "first",
                            List.of(
                                    Route.post("/v1/embeddings", Purpose.EMBED),
                                    Route.get("/v1/models/{id: .+}", Purpose.MODEL),
                                    Route.get("/settings", Purpose.INFORMATION),
                                    Route.post("/settings", Purpose.SETTINGS_CHANGE),
                                    new Route("DELETE", "/settings/{key}", Purpose.SETTINGS_CHANGE),
                                    Route.post("/settings/bulk", Purpose.SETTINGS_CHANGE),
                                    Route.get("/", Purpose.STATUS)),
                            ofFirst),
                    new Dialect("second", List.of(Route.post("/v1/embed", Purpose.EMBED)), ofSecond)),
            ofOthers);

    @ParameterizedTest
    @CsvSource({
        "/v1/embeddings, POST",
        "/v1/embeddings/, POST",
        "/v1;a/embeddings;b=1;c, POST",
        "/v1%2Fembeddings;x, POST",
        "/v1/models/org/name, GET",
        "/settings, 'GET, POST'",
        "/settings/device, DELETE",
        "/settings/bulk, POST",
        "/, GET"
    })
    void findsTheRoutesOfAPath(String path, String methods) {
        assertThat(dialects.at(path).allowedMethods()).isEqualTo(methods);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/models/",
                "/v1/models",
                "/settings/a/b",
                "/v1",
                "/embeddings",
                "/v1/embeddings/x",
                "/v1%2Fembeddings"
            })
    void findsNoRouteElsewhere(String path) {
        assertThat(dialects.at(path).routes()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/embeddings, first",
        "/v1/embed, second",
        "/v1/none, first",
        "/v1, first",
        "/v10, others",
        "/none, others",
        "/settings/a/b, first"
    })
    void writesErrorsInTheFormatOfTheDialectThatIsNearest(String path, String name) {
        assertThat(dialects.at(path).errors().schema()).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /, OPEN",
        "HEAD, /, OPEN",
        "POST, /, CALLER",
        "POST, /v1/embeddings, CALLER",
        "OPTIONS, /v1/embeddings, OPEN",
        "GET, /none, CALLER",
        "GET, /settings, CALLER",
        "POST, /settings, ADMIN",
        "POST, /settings/, ADMIN",
        "PUT, /settings, ADMIN",
        "DELETE, /settings/device, ADMIN",
        "DELETE, /settings/bulk, ADMIN",
        "GET, /settings/device, CALLER"
    })
    void tellsTheRightThatARequestNeeds(String method, String path, Access access) {
        assertThat(dialects.at(path).access(method)).isEqualTo(access);
    }

    /** The framework may read such a path as another one. */
    @ParameterizedTest
    @ValueSource(strings = {"/settings;x=1", "/settings;", "/settings/a/b", "/settingsx", "/settings/a/b;x"})
    void needsAnAdminForWhateverBeginsLikeTheSettings(String path) {
        assertThat(dialects.at(path).access("POST")).isEqualTo(Access.ADMIN);
    }

    @Test
    void embedsOnlyWithTheMethodOfTheRoute() {
        Endpoint endpoint = dialects.at("/v1/embeddings");

        assertThat(endpoint.embeds("POST")).isTrue();
        assertThat(endpoint.embeds("GET")).isFalse();
        assertThat(endpoint.dialect()).isEqualTo("first");
    }

    private record NamedFormat(String schema) implements ErrorFormat {
        @Override
        public int status(FailureKind kind) {
            return 400;
        }

        @Override
        public Object body(RequestFailure failure, String requestId) {
            return failure.detail();
        }

        @Override
        public Map<String, String> headers(FailureKind kind) {
            return Map.of();
        }
    }
}
