package dev.embedding.http.openai;

import dev.embedding.http.edge.failure.Dialect;
import dev.embedding.http.edge.failure.Failure;
import dev.embedding.support.Names;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * OpenAI's dialect: paths, statuses and errors that its clients expect.
 *
 * @see <a href="https://platform.openai.com/docs/api-reference/embeddings">OpenAI's reference</a>
 */
public final class OpenAiDialect implements Dialect {

    private static final List<String> PREFIXES = List.of("/v1", "/openai/v1", "/embeddings", "/models");
    private static final Set<String> EMBEDDINGS = Set.of("/v1/embeddings", "/openai/v1/embeddings", "/embeddings");

    /** The service's own statuses after which a retry of the same request may succeed. */
    private static final Set<Integer> RETRYABLE = Set.of(408, 429, 503);

    @Override
    public boolean owns(String path) {
        for (String prefix : PREFIXES) {
            if (path.startsWith(prefix) && (path.length() == prefix.length() || path.charAt(prefix.length()) == '/')) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean embeds(String path) {
        return EMBEDDINGS.contains(Names.withoutTrailingSlash(path));
    }

    @Override
    public String inputField() {
        return "input";
    }

    @Override
    public int status(int status) {
        return status == 422 ? 400 : status;
    }

    @Override
    public Object body(Failure failure, String requestId) {
        return OpenAiError.of(failure);
    }

    @Override
    public String errorSchema() {
        return OpenAiError.SCHEMA;
    }

    /** OpenAI's SDKs would otherwise retry every 500 and 504. */
    @Override
    public Map<String, String> headers(Failure failure) {
        return Map.of("x-should-retry", Boolean.toString(RETRYABLE.contains(failure.status())));
    }
}
