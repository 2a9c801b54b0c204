package dev.embedding;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Talks to one service as its callers do. Headers are given as names and values in turn. */
final class ServiceClient {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final URI address;

    ServiceClient(URI address) {
        this.address = address;
    }

    Answer get(String path, String... headers) {
        return send("GET", path, BodyPublishers.noBody(), headers);
    }

    /** A setting, as {@code GET /settings} shows it. */
    JsonNode setting(String key, String... headers) {
        return get("/settings", headers).json().path("settings").path(key);
    }

    /** {@code POST} without a body. */
    Answer post(String path) {
        return send("POST", path);
    }

    /** Any method without a body. */
    Answer send(String method, String path, String... headers) {
        return send(method, path, BodyPublishers.noBody(), headers);
    }

    /** {@code POST} with a JSON body. */
    Answer postJson(String path, String json, String... headers) {
        return postJson(path, json.getBytes(StandardCharsets.UTF_8), headers);
    }

    Answer postJson(String path, byte[] json, String... headers) {
        return send("POST", path, BodyPublishers.ofByteArray(json), jsonHeaders(headers));
    }

    /** {@code POST /embed}. */
    Answer embed(List<String> texts, String... headers) {
        return postJson("/embed", Answer.jsonOf(Map.of("texts", texts)), headers);
    }

    Answer embed(String text) {
        return embed(List.of(text));
    }

    CompletableFuture<Answer> embedLater(List<String> texts, String... headers) {
        BodyPublisher body = BodyPublishers.ofString(Answer.jsonOf(Map.of("texts", texts)));
        return HTTP.sendAsync(request("POST", "/embed", body, jsonHeaders(headers)), BodyHandlers.ofByteArray())
                .thenApply(response -> new Answer(response.statusCode(), response.headers(), response.body()));
    }

    Answer send(String method, String path, BodyPublisher body, String... headers) {
        try {
            var response = HTTP.send(request(method, path, body, headers), BodyHandlers.ofByteArray());
            return new Answer(response.statusCode(), response.headers(), response.body());
        } catch (IOException failure) {
            throw new UncheckedIOException(method + " " + path, failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** The status of a {@code GET}; empty when nobody answers. */
    Optional<Integer> statusOf(String path) {
        try {
            return Optional.of(get(path).status());
        } catch (UncheckedIOException nobodyListens) {
            return Optional.empty();
        }
    }

    /** A value of {@code GET /q/metrics}, by name and labels; 0 when it is not there. */
    double meter(String name) {
        return get("/q/metrics", "Accept", "text/plain")
                .text()
                .lines()
                .map(line -> line.replace(",}", "}"))
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElse(0);
    }

    private HttpRequest request(String method, String path, BodyPublisher body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(address.resolve(path))
                .method(method, body)
                .timeout(PATIENCE);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return request.build();
    }

    private static String[] jsonHeaders(String... headers) {
        String[] all = new String[headers.length + 2];
        System.arraycopy(headers, 0, all, 0, headers.length);
        all[headers.length] = "Content-Type";
        all[headers.length + 1] = "application/json";
        return all;
    }
}
