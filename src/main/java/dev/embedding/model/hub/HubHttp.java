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
 * Requests to a hub, which may send on to other hosts. Redirects are followed here and not by the JDK's client:
 *
 * <ul>
 *   <li>the token goes to the endpoint's own scheme, host and port, and nowhere else;
 *   <li>from https there is no way to http, and nowhere a way to another scheme;
 *   <li>their number is limited.
 * </ul>
 */
final class HubHttp {

    private static final int MOST_REDIRECTS = 10;
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
                .connectTimeout(settings.timeouts().answer())
                .proxy(settings.proxies())
                .build();
    }

    /** @param path below the endpoint, encoded */
    URI address(String path) {
        return URI.create(settings.endpoint() + "/" + path);
    }

    /**
     * Asks for a body from a byte on; the caller closes it.
     *
     * @return status 200, 206 or, where {@code from} is above zero, 416
     * @throws HubException for every other
     */
    HttpResponse<TimedBody> get(String path, Subject subject, long from) throws InterruptedException {
        List<HttpResponse<TimedBody>> answers = follow("GET", address(path), subject, from);
        HttpResponse<TimedBody> last = answers.get(answers.size() - 1);
        boolean isWanted = last.statusCode() == 200
                || from > 0 && (last.statusCode() == 206 || last.statusCode() == RANGE_NOT_SATISFIABLE);
        if (!isWanted) {
            last.body().close();
            throw faults.ofStatus(last, subject, isOwn(last.uri()));
        }
        return last;
    }

    /**
     * The answers to a HEAD request, redirects among them, until there is one that tells all about a file.
     *
     * @throws HubException when the last has another status than 200
     */
    List<HttpResponse<TimedBody>> head(String path, Subject subject) throws InterruptedException {
        List<HttpResponse<TimedBody>> answers = follow("HEAD", address(path), subject, 0);
        HttpResponse<TimedBody> last = answers.get(answers.size() - 1);
        if (last.statusCode() != 200 && !isRedirect(last)) {
            throw faults.ofStatus(last, subject, isOwn(last.uri()));
        }
        return answers;
    }

    HubException cutOff(IOException failure, Subject subject, URI uri) {
        return faults.ofConnection(failure, subject, uri);
    }

    private List<HttpResponse<TimedBody>> follow(String method, URI start, Subject subject, long from)
            throws InterruptedException {
        List<HttpResponse<TimedBody>> answers = new ArrayList<>();
        URI uri = start;
        while (answers.size() <= MOST_REDIRECTS) {
            HttpResponse<TimedBody> answer = send(method, uri, subject, from);
            answers.add(answer);
            if (!isRedirect(answer) || method.equals("HEAD") && RemoteFile.isToldBy(answer.headers())) {
                return answers;
            }
            answer.body().close();
            uri = next(uri, answer.headers().firstValue("Location").orElse(""), subject);
        }
        throw new HubException(
                Kind.UNUSABLE_ANSWER, subject + " cannot be loaded: more than " + MOST_REDIRECTS + " redirects");
    }

    private HttpResponse<TimedBody> send(String method, URI uri, Subject subject, long from)
            throws InterruptedException {
        // Fails for a proxy that cannot be used, which the client would tell in words of its own.
        settings.proxies().select(uri);
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .timeout(settings.timeouts().answer())
                .header("User-Agent", "embedding-service")
                .header("Accept-Encoding", "identity");
        if (from > 0) {
            request.header("Range", "bytes=" + from + "-");
        }
        // INVARIANT: the only place that sends the token, and only to the endpoint itself.
        settings.token()
                .filter(token -> isOwn(uri))
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
            // Said below.
        }
        throw new HubException(
                Kind.UNUSABLE_ANSWER,
                subject + " cannot be loaded: " + from.getHost()
                        + " sends to an address that is not followed (it is none, or it is not safe to go there)");
    }

    private boolean isOwn(URI uri) {
        return origin(uri).equals(origin(settings.endpoint()));
    }

    private static String origin(URI uri) {
        int port = uri.getPort() >= 0 ? uri.getPort() : "https".equals(uri.getScheme()) ? 443 : 80;
        return uri.getScheme() + "://" + String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT) + ":" + port;
    }

    private static boolean isRedirect(HttpResponse<?> answer) {
        return switch (answer.statusCode()) {
            case 301, 302, 303, 307, 308 -> true;
            default -> false;
        };
    }
}
