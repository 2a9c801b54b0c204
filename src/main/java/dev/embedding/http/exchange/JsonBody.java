package dev.embedding.http.exchange;

import com.fasterxml.jackson.core.JsonToken;
import dev.embedding.http.edge.Body;
import dev.embedding.http.edge.InflightBytes;
import dev.embedding.http.edge.header.JsonMediaType;
import dev.embedding.http.exchange.json.JsonBytes;
import dev.embedding.http.exchange.json.JsonReader;
import dev.embedding.http.exchange.json.JsonRecords;
import dev.embedding.http.exchange.json.MalformedJsonException;
import dev.embedding.serving.FailureKind;
import dev.embedding.serving.FieldError;
import dev.embedding.serving.RequestFailure;
import io.vertx.ext.web.RoutingContext;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Body of a request, read as JSON: strict UTF-8 (a byte order mark is skipped), one document, faults with their
 * positions.
 */
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

    /** @param checkpoint called between the segments of a large body; may throw to abort the reading */
    static JsonBody of(RoutingContext exchange, Runnable checkpoint) {
        return new JsonBody(
                Body.of(exchange),
                exchange.request().getHeader("Content-Type"),
                checkpoint,
                bytes -> InflightBytes.claim(exchange, bytes));
    }

    /** Body that is read to its end, even when its exchange ends before. */
    public static JsonBody of(RoutingContext exchange) {
        return of(exchange, () -> {});
    }

    /** Body without an exchange; it counts as JSON, and its memory is unlimited. */
    public static JsonBody of(Body body) {
        return new JsonBody(body, null, () -> {}, bytes -> {});
    }

    /** Length in bytes. */
    public int length() {
        return body.length();
    }

    /** Reads one document from a parser that is at its first token. */
    @FunctionalInterface
    public interface Reader<T> {
        T read(JsonReader json, JsonToken first);
    }

    /**
     * Reads a body that must be one JSON document. The reader's result is only returned when the whole body is JSON.
     *
     * @throws RequestFailure when the body is missing or not JSON, when it has another media type (without one it counts
     *     as JSON), or when the reader rejects it
     */
    public <T> T read(Reader<T> reader) {
        if (body.length() == 0) {
            throw RequestFailure.invalid(new FieldError("body", "Field required", "missing"));
        }
        if (mediaType != null && !mediaType.isBlank() && !JsonMediaType.matches(mediaType)) {
            throw RequestFailure.of(
                    FailureKind.UNSUPPORTED_MEDIA_TYPE, "The body must be JSON (Content-Type: application/json).");
        }
        try {
            return read(new JsonReader(new JsonBytes(body.segments(), body.length(), checkpoint), memory), reader);
        } catch (MalformedJsonException fault) {
            throw RequestFailure.invalid(new FieldError(
                    "body." + fault.position(), "JSON decode error: " + fault.problem(), "json_invalid"));
        }
    }

    /**
     * Reads a body as a record, by its annotations: {@link JsonRecords}.
     *
     * @throws RequestFailure with every fault of the body, or when it has another media type
     */
    public <T> T read(Class<T> type) {
        return read(type, "invalid_type");
    }

    /** @param noObject type of the fault where an object is expected and something else is given */
    public <T> T read(Class<T> type, String noObject) {
        return read((json, first) -> JsonRecords.read(json, first, type, noObject));
    }

    private static <T> T read(JsonReader json, Reader<T> reader) {
        JsonToken first = json.next();
        try {
            T content = reader.read(json, first);
            json.readToEnd();
            return content;
        } catch (RequestFailure failure) {
            if (failure.kind() == FailureKind.INVALID_REQUEST) {
                // A JSON fault up to the end of the body takes precedence over a fault of the endpoint's rules.
                json.readToEnd();
            }
            throw failure;
        }
    }
}
