package dev.embedding.http.exchange;

import dev.embedding.http.edge.Body;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;

/** Received bodies for tests. */
public final class Bodies {

    private Bodies() {}

    public static JsonBody of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    public static JsonBody of(byte[] bytes) {
        Body body = new Body(bytes.length);
        body.append(Buffer.buffer(bytes));
        return JsonBody.of(body);
    }
}
