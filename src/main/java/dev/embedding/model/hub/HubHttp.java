package dev.embedding.model.hub;

import dev.embedding.model.hub.HubException.Kind;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Sends requests to a hub, which may redirect to other hosts. Redirects are followed here and not by the JDK's client:
 *
 * <ul>
 *   <li>the token is sent to the endpoint's own scheme, host and port, and nowhere else;
 *   <li>redirects from https to http, and to any other scheme, are not followed;
 *   <li>their number is limited.
 * </ul>
 */
final class HubHttp {

    private static final int MAX_REDIRECTS = 10;
    private static final int RANGE_NOT_SATISFIABLE = 416;

    private final HubSettings settings;
    private final HubFaults faults;
    private final HttpClient client;

    HubHttp(HubSettings settings) {
        this.settings = settings;
        this.faults = new HubFaults(settings);
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(settings.timeouts().response())
                .proxy(settings.proxies())
                .build();
    }

    /** @param path below the endpoint, encoded */
    URI address(String path) {
        return URI.create(settings.endpoint() + "/" + path);
    }

    /**
     * Requests a body from a byte offset; the caller closes it.
     *
     * @return status 200, 206 or, where {@code from} is above zero, 416
     * @throws HubException for every other status
     */
    HttpResponse<TimedBody> get(String path, Subject subject, long from) throws InterruptedException {
        List<HttpResponse<TimedBody>> responses = follow("GET", address(path), subject, from);
        HttpResponse<TimedBody> last = responses.get(responses.size() - 1);
        boolean isExpected = last.statusCode() == 200
                || from > 0 && (last.statusCode() == 206 || last.statusCode() == RANGE_NOT_SATISFIABLE);
        if (!isExpected) {
            last.body().close();
            throw faults.ofStatus(last, subject, isEndpoint(last.uri()));
        }
        return last;
    }

    /**
     * Sends a HEAD request and returns its responses, redirects included, up to the first that has a file's hash and
     * size.
     *
     * @throws HubException when the last has another status than 200
     */
    List<HttpResponse<TimedBody>> head(String path, Subject subject) throws InterruptedException {
        List<HttpResponse<TimedBody>> responses = follow("HEAD", address(path), subject, 0);
        HttpResponse<TimedBody> last = responses.get(responses.size() - 1);
        if (last.statusCode() != 200 && !isRedirect(last)) {
            throw faults.ofStatus(last, subject, isEndpoint(last.uri()));
        }
        return responses;
    }

    HubException interrupted(IOException failure, Subject subject, URI uri) {
        return faults.ofConnection(failure, subject, uri);
    }

    private List<HttpResponse<TimedBody>> follow(String method, URI start, Subject subject, long from)
            throws InterruptedException {
        List<HttpResponse<TimedBody>> responses = new ArrayList<>();
        URI uri = start;
        while (responses.size() <= MAX_REDIRECTS) {
            HttpResponse<TimedBody> response = send(method, uri, subject, from);
            responses.add(response);
            if (!isRedirect(response) || method.equals("HEAD") && RemoteFile.isDescribedBy(response.headers())) {
                return responses;
            }
            response.body().close();
            uri = next(uri, response.headers().firstValue("Location").orElse(""), subject);
        }
        throw new HubException(
                Kind.INVALID_RESPONSE, subject + " cannot be loaded: more than " + MAX_REDIRECTS + " redirects");
    }

    private HttpResponse<TimedBody> send(String method, URI uri, Subject subject, long from)
            throws InterruptedException {
        // Fails for an invalid proxy with a message of its own, before the client does.
        settings.proxies().select(uri);
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .timeout(settings.timeouts().response())
                .header("User-Agent", "embedding-service")
                .header("Accept-Encoding", "identity");
        if (from > 0) {
            request.header("Range", "bytes=" + from + "-");
        }
        // INVARIANT: the only place that sends the token, and only to the endpoint itself.
        settings.token()
                .filter(token -> isEndpoint(uri))
                .ifPresent(token -> request.header("Authorization", "Bearer " + token));
        try {
            return client.send(
                    request.build(), info -> new TimedBody(settings.timeouts().stall()));
        } catch (IOException failure) {
            throw faults.ofConnection(failure, subject, uri);
        }
    }

    static URI next(URI from, String location, Subject subject) {
        try {
            URI to = from.resolve(new URI(location));
            boolean isHttp =
                    "https".equals(to.getScheme()) || "http".equals(to.getScheme()) && "http".equals(from.getScheme());
            if (isHttp && to.getHost() != null && !location.isEmpty()) {
                return to;
            }
        } catch (URISyntaxException notAnAddress) {
            // Reported below.
        }
        throw new HubException(
                Kind.INVALID_RESPONSE,
                subject + " cannot be loaded: " + from.getHost()
                        + " redirects to an address that is not followed (it is not valid, or not safe)");
    }

    private boolean isEndpoint(URI uri) {
        return origin(uri).equals(origin(settings.endpoint()));
    }

    private static String origin(URI uri) {
        int port = uri.getPort() >= 0 ? uri.getPort() : "https".equals(uri.getScheme()) ? 443 : 80;
        return uri.getScheme() + "://" + String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT) + ":" + port;
    }

    private static boolean isRedirect(HttpResponse<?> response) {
        return switch (response.statusCode()) {
            case 301, 302, 303, 307, 308 -> true;
            default -> false;
        };
    }
}
