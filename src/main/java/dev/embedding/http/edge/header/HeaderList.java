package dev.embedding.http.edge.header;

import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;
import java.util.List;

/** Headers whose values are comma-separated lists, in one field or several. */
public final class HeaderList {

    private HeaderList() {}

    /** Items of the header without surrounding white space; empty ones are skipped. */
    public static List<String> items(HttpServerRequest request, String name) {
        List<String> fields = request.headers().getAll(name);
        return fields.isEmpty()
                ? List.of()
                : fields.stream()
                        .flatMap(field -> Arrays.stream(field.split(",")))
                        .map(String::strip)
                        .filter(item -> !item.isEmpty())
                        .toList();
    }
}
