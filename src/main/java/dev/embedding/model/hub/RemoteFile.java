package dev.embedding.model.hub;

import dev.embedding.model.hub.HubException.Kind;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A hub's metadata of one file of a repository.
 *
 * @param path in the repository
 * @param etag name of its blob: the SHA-256 of a large file, git's SHA-1 of any other; mirrors use other names
 * @param size bytes
 */
record RemoteFile(String path, String etag, long size) {

    private static final String LINKED_ETAG = "X-Linked-Etag";
    private static final String LINKED_SIZE = "X-Linked-Size";
    private static final Pattern BLOB_NAME = Pattern.compile("[0-9A-Za-z][0-9A-Za-z_-]{0,127}");

    static boolean isDescribedBy(HttpHeaders headers) {
        return headers.firstValue(LINKED_ETAG).isPresent()
                && headers.firstValue(LINKED_SIZE).isPresent();
    }

    /**
     * @param responses to a HEAD request, redirects first
     * @throws HubException when they have too little, or are of another commit
     */
    static RemoteFile from(List<? extends HttpResponse<?>> responses, Subject subject, String commit) {
        HttpHeaders last = responses.get(responses.size() - 1).headers();
        String etag = first(responses, LINKED_ETAG)
                .or(() -> last.firstValue("ETag"))
                .map(text -> text.replaceFirst("^W/", "").replace("\"", ""))
                .filter(text -> BLOB_NAME.matcher(text).matches())
                .orElseThrow(() -> invalidResponse(subject, "no hash (X-Linked-Etag or ETag)"));
        long size = first(responses, LINKED_SIZE)
                .or(() -> last.firstValue("Content-Length"))
                .filter(text -> text.matches("\\d{1,18}"))
                .map(Long::parseLong)
                .orElseThrow(() -> invalidResponse(subject, "no size (X-Linked-Size or Content-Length)"));
        if (!first(responses, "X-Repo-Commit").orElse(commit).equals(commit)) {
            throw invalidResponse(subject, "another commit than requested (X-Repo-Commit)");
        }
        return new RemoteFile(subject.file(), etag, size);
    }

    private static Optional<String> first(List<? extends HttpResponse<?>> responses, String header) {
        return responses.stream()
                .flatMap(response -> response.headers().firstValue(header).stream())
                .findFirst();
    }

    private static HubException invalidResponse(Subject subject, String problem) {
        return new HubException(
                Kind.INVALID_RESPONSE,
                subject + " cannot be loaded: the response has " + problem + "; check HF_ENDPOINT and proxies");
    }
}
