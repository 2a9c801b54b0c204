package dev.embedding.http.exchange;

import com.fasterxml.jackson.core.JsonToken;
import dev.embedding.http.edge.Body;
import dev.embedding.http.edge.InflightBytes;
import dev.embedding.http.edge.failure.FieldError;
import dev.embedding.http.edge.failure.InvalidRequestException;
import dev.embedding.http.edge.failure.RequestRejectedException;
import dev.embedding.http.edge.header.JsonMediaType;
import dev.embedding.http.exchange.json.JsonBytes;
import dev.embedding.http.exchange.json.JsonReader;
import dev.embedding.http.exchange.json.MalformedJsonException;
import io.vertx.ext.web.RoutingContext;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Body of a request, to be read as JSON: strict UTF-8 (a byte order mark is skipped), one document, faults by position. */
public final class JsonBody {

    private final Body body;
    private final @Nullable String mediaType;
    private final Runnable checkpoint;
    private final LongConsumer memory;

    private JsonBody(Body body, @Nullable String mediaType, Runnable checkpoint, LongConsumer memory) {
        this.body = body;
        this.mediaType = mediaType;
        this.checkpoint = checkpoint;
        this.memory = memory;
    }

    /** @param checkpoint called now and then while a large body is read; may throw to end the reading */
    static JsonBody of(RoutingContext exchange, Runnable checkpoint) {
        return new JsonBody(
                Body.of(exchange),
                exchange.request().getHeader("Content-Type"),
                checkpoint,
                bytes -> InflightBytes.claim(exchange, bytes));
    }

    /** Body that is read to its end, whatever becomes of its exchange. */
    public static JsonBody of(RoutingContext exchange) {
        return of(exchange, () -> {});
    }

    /** Body without an exchange, which is JSON and may take any memory. */
    public static JsonBody of(Body body) {
        return new JsonBody(body, null, () -> {}, bytes -> {});
    }

    /** In bytes. */
    public int length() {
        return body.length();
    }

    /** Reads one document from a parser that stands on its first token. */
    @FunctionalInterface
    public interface Reader<T> {
        T read(JsonReader json, JsonToken first);
    }

    /**
     * Reads a body that must be one JSON document. What the reader finds is only taken when the whole body is JSON.
     *
     * @throws InvalidRequestException when it is missing or no JSON, or when the reader refuses it
     * @throws RequestRejectedException 415 when it is of another media type; none is taken for JSON
     */
    public <T> T read(Reader<T> reader) {
        if (body.length() == 0) {
            throw new InvalidRequestException(new FieldError("body", "Field required", "missing"));
        }
        if (mediaType != null && !mediaType.isBlank() && !JsonMediaType.matches(mediaType)) {
            throw new RequestRejectedException(415, "The body must be JSON (Content-Type: application/json).");
        }
        try {
            return read(new JsonReader(new JsonBytes(body.segments(), body.length(), checkpoint), memory), reader);
        } catch (MalformedJsonException fault) {
            throw new InvalidRequestException(new FieldError(
                    "body." + fault.position(), "JSON decode error: " + fault.problem(), "json_invalid"));
        }
    }

    private static <T> T read(JsonReader json, Reader<T> reader) {
        JsonToken first = json.next();
        try {
            T content = reader.read(json, first);
            json.readToEnd();
            return content;
        } catch (InvalidRequestException refusal) {
            // What breaks the rules of the endpoint must be JSON first, up to its end.
            json.readToEnd();
            throw refusal;
        }
    }
}
