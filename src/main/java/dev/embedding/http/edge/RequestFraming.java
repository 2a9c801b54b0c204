package dev.embedding.http.edge;

import dev.embedding.http.edge.header.HeaderList;
import dev.embedding.serving.FailureKind;
import dev.embedding.serving.RequestFailure;
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
    static Optional<RequestFailure> fault(HttpServerRequest request) {
        HttpVersion version = request.version();
        if (version != HttpVersion.HTTP_1_1 && version != HttpVersion.HTTP_1_0) {
            return Optional.of(RequestFailure.of(
                    FailureKind.UNSUPPORTED_HTTP_VERSION, "Only HTTP/1.1 and HTTP/1.0 are supported."));
        }
        if (version == HttpVersion.HTTP_1_1 && request.headers().getAll("Host").size() != 1) {
            return Optional.of(
                    RequestFailure.of(FailureKind.MALFORMED_REQUEST, "A request must have exactly one Host header."));
        }
        return request.headers().contains(TRANSFER_ENCODING)
                ? transferFault(HeaderList.items(request, TRANSFER_ENCODING))
                : Optional.empty();
    }

    private static Optional<RequestFailure> transferFault(List<String> codings) {
        if (!codings.stream().allMatch(CHUNKED::equalsIgnoreCase)) {
            return Optional.of(RequestFailure.of(
                    FailureKind.UNSUPPORTED_TRANSFER_CODING, "The only supported Transfer-Encoding is chunked."));
        }
        return codings.size() == 1
                ? Optional.empty()
                : Optional.of(
                        RequestFailure.of(FailureKind.MALFORMED_REQUEST, "Transfer-Encoding must name chunked once."));
    }

    /** Whether a request says that a body follows its headers. */
    static boolean announcesBody(HttpServerRequest request) {
        String length = request.getHeader("Content-Length");
        return request.getHeader(TRANSFER_ENCODING) != null
                || length != null && !length.strip().equals("0");
    }
}
