package dev.embedding.http.edge;

import dev.embedding.http.edge.failure.Failure;
import dev.embedding.http.edge.header.HeaderList;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.Optional;

/**
 * Checks the length and the host of a request beyond what the HTTP codec rejects: where two readers could disagree,
 * such as a proxy and this service, the connection must be closed.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112.html#section-6.1">RFC 9112, Transfer-Encoding</a>
 */
final class RequestFraming {

    private static final String TRANSFER_ENCODING = "Transfer-Encoding";
    private static final String CHUNKED = "chunked";

    private RequestFraming() {}

    /** Failure after which the connection has to be closed; empty when the request's framing is understood. */
    static Optional<Failure> fault(HttpServerRequest request) {
        HttpVersion version = request.version();
        if (version != HttpVersion.HTTP_1_1 && version != HttpVersion.HTTP_1_0) {
            return Optional.of(Failure.of(505, "Only HTTP/1.1 and HTTP/1.0 are supported."));
        }
        if (version == HttpVersion.HTTP_1_1 && request.headers().getAll("Host").size() != 1) {
            return Optional.of(Failure.of(400, "A request must have exactly one Host header."));
        }
        return request.headers().contains(TRANSFER_ENCODING)
                ? transferFault(HeaderList.items(request, TRANSFER_ENCODING))
                : Optional.empty();
    }

    private static Optional<Failure> transferFault(List<String> codings) {
        if (!codings.stream().allMatch(CHUNKED::equalsIgnoreCase)) {
            return Optional.of(Failure.of(501, "The only supported Transfer-Encoding is chunked."));
        }
        return codings.size() == 1
                ? Optional.empty()
                : Optional.of(Failure.of(400, "Transfer-Encoding must name chunked once."));
    }

    /** Whether a request says that a body follows its headers. */
    static boolean announcesBody(HttpServerRequest request) {
        String length = request.getHeader("Content-Length");
        return request.getHeader(TRANSFER_ENCODING) != null
                || length != null && !length.strip().equals("0");
    }
}
