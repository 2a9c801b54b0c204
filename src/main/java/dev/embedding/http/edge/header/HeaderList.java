package dev.embedding.http.edge.header;

import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;
import java.util.List;

/** Header whose value is a list, separated by commas, in one field or in several. */
public final class HeaderList {

    private HeaderList() {}

    /** Its items without blanks around them, none of them empty. */
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
