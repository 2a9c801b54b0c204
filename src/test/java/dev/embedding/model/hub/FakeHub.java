package dev.embedding.model.hub;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A hub with one repository, on two local ports: the hub itself, and the host to which it redirects for large files.
 * Its responses can be replaced by a {@link Mood}, by method ({@code HEAD}, {@code GET}, {@code CDN}, {@code LIST}) and
 * file.
 */
public final class FakeHub implements AutoCloseable {

    /** Responds in place of the hub. */
    @FunctionalInterface
    public interface Mood {
        /**
         * @param time how often the same request came before
         * @return whether it responded; otherwise the hub does
         */
        boolean respond(HttpExchange exchange, byte[] content, int time) throws IOException;
    }

    /** A received request with its headers. */
    public record Request(String method, String path, Optional<String> authorization, Optional<String> range) {}

    private record StoredFile(byte[] content, boolean isLarge) {
        String etag() {
            return isLarge
                    ? hash("SHA-256", content)
                    : hash("SHA-1", ("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII), content);
        }
    }

    private final String repository;
    private final Map<String, StoredFile> files = new TreeMap<>();
    private final Map<String, String> commits = new ConcurrentHashMap<>();
    private final Map<String, Mood> moods = new ConcurrentHashMap<>();
    private final Map<String, Integer> times = new ConcurrentHashMap<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "fake-hub");
        thread.setDaemon(true);
        return thread;
    });
    private final HttpServer hub = start(this::respond);
    private final HttpServer elsewhere = start(this::respondAsCdn);

    public FakeHub(String repository) {
        this.repository = repository;
        commits.put("main", "1".repeat(40));
    }

    /** Serves the files of a directory; those above {@code largeFrom} bytes from the second host. */
    public static FakeHub serving(String repository, Path directory, long largeFrom) throws IOException {
        FakeHub hub = new FakeHub(repository);
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                String name = directory.relativize(path).toString().replace('\\', '/');
                hub.add(name, Files.readAllBytes(path), Files.size(path) >= largeFrom);
            }
        }
        return hub;
    }

    public FakeHub small(String path, byte[] content) {
        return add(path, content, false);
    }

    public FakeHub small(String path, String content) {
        return small(path, content.getBytes(StandardCharsets.UTF_8));
    }

    public FakeHub large(String path, byte[] content) {
        return add(path, content, true);
    }

    private FakeHub add(String path, byte[] content, boolean isLarge) {
        files.put(path, new StoredFile(content, isLarge));
        return this;
    }

    public FakeHub revision(String name, String commit) {
        commits.put(name, commit);
        return this;
    }

    /** @param path ignored, and empty, for {@code LIST} */
    public FakeHub mood(String method, String path, Mood mood) {
        moods.put(method + " " + path, mood);
        return this;
    }

    public FakeHub goodMood() {
        moods.clear();
        return this;
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + hub.getAddress().getPort());
    }

    public String commit() {
        return commit("main").orElseThrow();
    }

    public String etag(String path) {
        return file(path).etag();
    }

    private StoredFile file(String path) {
        return files.getOrDefault(path, new StoredFile(new byte[0], false));
    }

    public List<Request> requests() {
        return List.copyOf(requests);
    }

    /** Number of requests with a method for a file, or for any where the path is empty. */
    public long count(String method, String path) {
        return requests.stream()
                .filter(request -> request.method().equals(method)
                        && (path.isEmpty() || request.path().equals(path)))
                .count();
    }

    private void respond(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getRawPath();
        String resolve = "/" + repository + "/resolve/";
        String api = "/api/models/" + repository + "/";
        if (path.startsWith(api)) {
            List<String> parts = decoded(path.substring(api.length()).split("/", 2));
            respondToApi(exchange, parts.get(0), parts.size() > 1 ? parts.get(1) : "main");
        } else if (path.startsWith(resolve)) {
            List<String> parts = decoded(path.substring(resolve.length()).split("/", 2));
            respondWithFile(exchange, parts.get(0), parts.get(1));
        } else {
            note("OTHER", path, exchange);
            status(exchange, 404, "RepoNotFound");
        }
    }

    private void respondToApi(HttpExchange exchange, String question, String revision) throws IOException {
        if (!isMoodAnswer("LIST", "", exchange, new byte[0])) {
            Optional<String> commit = commit(revision);
            if (commit.isEmpty()) {
                status(exchange, 404, "RevisionNotFound");
            } else {
                byte[] json = (question.equals("tree") ? tree() : info(commit.get())).getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                whole(exchange, json);
            }
        }
    }

    private void respondWithFile(HttpExchange exchange, String revision, String path) throws IOException {
        StoredFile file = file(path);
        String method = exchange.getRequestMethod();
        if (isMoodAnswer(method, path, exchange, file.content())) {
            return;
        }
        if (commit(revision).isEmpty() || !files.containsKey(path)) {
            status(exchange, 404, commit(revision).isEmpty() ? "RevisionNotFound" : "EntryNotFound");
            return;
        }
        exchange.getResponseHeaders().set("X-Repo-Commit", commit(revision).orElseThrow());
        exchange.getResponseHeaders().set("ETag", "\"" + file.etag() + "\"");
        if (file.isLarge()) {
            exchange.getResponseHeaders().set("X-Linked-Etag", "\"" + file.etag() + "\"");
            exchange.getResponseHeaders().set("X-Linked-Size", String.valueOf(file.content().length));
            redirect(exchange, elsewhere(path));
        } else {
            content(exchange, file.content());
        }
    }

    /** The address of a large file's content. */
    public URI elsewhere(String path) {
        return URI.create("http://localhost:" + elsewhere.getAddress().getPort() + "/" + path);
    }

    private void respondAsCdn(HttpExchange exchange) throws IOException {
        String path = decoded(
                        new String[] {exchange.getRequestURI().getRawPath().substring(1)})
                .get(0);
        StoredFile file = file(path);
        if (!isMoodAnswer("CDN", path, exchange, file.content())) {
            content(exchange, file.content());
        }
    }

    private boolean isMoodAnswer(String method, String path, HttpExchange exchange, byte[] content) throws IOException {
        note(method, path, exchange);
        String key = method + " " + path;
        int time = times.merge(key, 1, Integer::sum) - 1;
        Mood mood = moods.get(key);
        return mood != null && mood.respond(exchange, content, time);
    }

    private void note(String method, String path, HttpExchange exchange) {
        requests.add(new Request(
                method,
                path,
                Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")),
                Optional.ofNullable(exchange.getRequestHeaders().getFirst("Range"))));
    }

    private Optional<String> commit(String revision) {
        return commits.containsValue(revision) ? Optional.of(revision) : Optional.ofNullable(commits.get(revision));
    }

    private String info(String commit) {
        return files.entrySet().stream()
                .map(entry -> "{\"rfilename\":\"" + entry.getKey() + "\",\"size\":" + size(entry.getValue())
                        + ",\"blobId\":\"" + "0".repeat(40) + "\"" + lfs("sha256", entry.getValue()) + "}")
                .collect(Collectors.joining(
                        ",",
                        "{\"id\":\"" + repository + "\",\"sha\":\"" + commit
                                + "\",\"private\":false,\"downloads\":0,\"likes\":0,\"tags\":[],\"siblings\":[",
                        "]}"));
    }

    private String tree() {
        return files.entrySet().stream()
                .map(entry -> "{\"type\":\"file\",\"path\":\"" + entry.getKey() + "\",\"size\":"
                        + size(entry.getValue()) + ",\"oid\":\"" + "0".repeat(40) + "\""
                        + lfs("oid", entry.getValue()) + "}")
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static int size(StoredFile file) {
        return file.content().length;
    }

    private static String lfs(String hash, StoredFile file) {
        return file.isLarge()
                ? ",\"lfs\":{\"" + hash + "\":\"" + file.etag() + "\",\"size\":" + size(file) + ",\"pointerSize\":134}"
                : "";
    }

    /** Responds with the content, or the requested range of it. */
    static void content(HttpExchange exchange, byte[] content) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        if (range == null) {
            whole(exchange, content);
            return;
        }
        int from = Integer.parseInt(range.replaceAll("bytes=(\\d+)-.*", "$1"));
        if (from >= content.length) {
            exchange.getResponseHeaders().set("Content-Range", "bytes */" + content.length);
            exchange.sendResponseHeaders(416, -1);
            exchange.close();
            return;
        }
        exchange.getResponseHeaders()
                .set("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
        exchange.sendResponseHeaders(206, content.length - from);
        try (OutputStream body = exchange.getResponseBody()) {
            body.write(content, from, content.length - from);
        }
    }

    static void whole(HttpExchange exchange, byte[] content) throws IOException {
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(content.length));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
            return;
        }
        exchange.sendResponseHeaders(200, content.length == 0 ? -1 : content.length);
        try (OutputStream body = exchange.getResponseBody()) {
            body.write(content);
        }
    }

    static void redirect(HttpExchange exchange, URI location) throws IOException {
        exchange.getResponseHeaders().set("Location", location.toString());
        exchange.sendResponseHeaders(302, -1);
        exchange.close();
    }

    static void status(HttpExchange exchange, int status, String errorCode) throws IOException {
        if (!errorCode.isEmpty()) {
            exchange.getResponseHeaders().set("X-Error-Code", errorCode);
        }
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    private HttpServer start(com.sun.net.httpserver.HttpHandler handler) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", handler);
            server.setExecutor(threads);
            server.start();
            return server;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static List<String> decoded(String[] parts) {
        return Stream.of(parts)
                .map(part -> URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8))
                .toList();
    }

    private static String hash(String algorithm, byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            Stream.of(parts).forEach(digest::update);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Stops both servers. */
    @Override
    public void close() {
        hub.stop(0);
        elsewhere.stop(0);
        threads.shutdownNow();
    }
}
