package dev.embedding.model.hub;

import dev.embedding.model.hub.HubException.Kind;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Metadata of one file of a repository, as its hub sends them.
 *
 * @param path in the repository
 * @param etag name of its blob: the SHA-256 of a large file, git's SHA-1 of another; mirrors have others
 * @param size bytes
 */
record RemoteFile(String path, String etag, long size) {

    private static final String LINKED_ETAG = "X-Linked-Etag";
    private static final String LINKED_SIZE = "X-Linked-Size";
    private static final Pattern BLOB_NAME = Pattern.compile("[0-9A-Za-z][0-9A-Za-z_-]{0,127}");

    static boolean isToldBy(HttpHeaders headers) {
        return headers.firstValue(LINKED_ETAG).isPresent()
                && headers.firstValue(LINKED_SIZE).isPresent();
    }

    /**
     * @param answers to a HEAD request, redirects first
     * @throws HubException when they tell too little, or are about another commit
     */
    static RemoteFile from(List<? extends HttpResponse<?>> answers, Subject subject, String commit) {
        HttpHeaders last = answers.get(answers.size() - 1).headers();
        String etag = first(answers, LINKED_ETAG)
                .or(() -> last.firstValue("ETag"))
                .map(text -> text.replaceFirst("^W/", "").replace("\"", ""))
                .filter(text -> BLOB_NAME.matcher(text).matches())
                .orElseThrow(() -> refusal(subject, "no hash (X-Linked-Etag or ETag)"));
        long size = first(answers, LINKED_SIZE)
                .or(() -> last.firstValue("Content-Length"))
                .filter(text -> text.matches("\\d{1,18}"))
                .map(Long::parseLong)
                .orElseThrow(() -> refusal(subject, "no size (X-Linked-Size or Content-Length)"));
        if (!first(answers, "X-Repo-Commit").orElse(commit).equals(commit)) {
            throw refusal(subject, "another commit than was asked for (X-Repo-Commit)");
        }
        return new RemoteFile(subject.file(), etag, size);
    }

    private static Optional<String> first(List<? extends HttpResponse<?>> answers, String header) {
        return answers.stream()
                .flatMap(answer -> answer.headers().firstValue(header).stream())
                .findFirst();
    }

    private static HubException refusal(Subject subject, String problem) {
        return new HubException(
                Kind.UNUSABLE_ANSWER,
                subject + " cannot be loaded: the answer has " + problem + "; check HF_ENDPOINT and proxies");
    }
}
