package dev.embedding.http.exchange;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import dev.embedding.http.edge.Fault;
import dev.embedding.http.edge.InvalidRequestException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** Opens request bodies as JSON: strict UTF-8 (a byte order mark is skipped), one document, faults by position. */
public final class RequestBodies {

    static final int MAX_NESTING = 1_000;

    private static final char BYTE_ORDER_MARK = '\uFEFF';
    private static final char REPLACEMENT = '\uFFFD';

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_NESTING)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private RequestBodies() {}

    /** Reads one document from a parser that stands on its first token. */
    @FunctionalInterface
    public interface Reader<T> {
        T read(JsonParser parser, JsonToken first) throws IOException;
    }

    /**
     * Reads a body that must be one JSON document. What the reader finds is only taken when the whole body is JSON.
     *
     * @throws InvalidRequestException when it is missing or no JSON, or when the reader refuses it
     */
    public static <T> T read(byte[] body, Reader<T> reader) {
        if (body.length == 0) {
            throw new InvalidRequestException(new Fault("body", "Field required", "missing"));
        }
        String text = decode(body);
        try (JsonParser parser = JSON.createParser(text)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw invalidJson(text);
            }
            T content;
            try {
                content = reader.read(parser, first);
            } catch (InvalidRequestException refusal) {
                requireEnd(parser, text);
                throw refusal;
            }
            requireEnd(parser, text);
            return content;
        } catch (InvalidRequestException refusal) {
            // What breaks the rules of the endpoint must be JSON first, up to its end.
            throw JsonFault.find(text).isEmpty() ? refusal : invalidJson(text);
        } catch (IOException notJson) {
            throw invalidJson(text);
        }
    }

    /** That a text is no JSON comes before what its document lacks, so refused documents are read to their end too. */
    private static void requireEnd(JsonParser parser, String text) throws IOException {
        if (parser.nextToken() != null) {
            throw invalidJson(text);
        }
    }

    private static String decode(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        if (text.indexOf(REPLACEMENT) >= 0) {
            requireUtf8(body);
        }
        return text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
    }

    /** The replacement character may be a real one of the text, or stand for bytes that are no UTF-8. */
    private static void requireUtf8(byte[] body) {
        CharBuffer decoded = CharBuffer.allocate(body.length);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body), decoded, true);
        try {
            if (result.isError()) {
                result.throwException();
            }
        } catch (CharacterCodingException invalid) {
            String valid = decoded.flip().toString();
            int position = valid.codePointCount(0, valid.length());
            throw new InvalidRequestException(
                    new Fault("body." + position, "JSON decode error: Invalid UTF-8", "json_invalid"));
        }
    }

    private static InvalidRequestException invalidJson(String text) {
        JsonFault fault =
                JsonFault.find(text).orElse(new JsonFault(0, "Nested more than " + MAX_NESTING + " levels deep"));
        return new InvalidRequestException(
                new Fault("body." + fault.position(), "JSON decode error: " + fault.problem(), "json_invalid"));
    }
}
