package dev.embedding.http.openai;

import dev.embedding.http.edge.dialect.Dialect;
import dev.embedding.http.edge.dialect.Route;
import dev.embedding.http.edge.dialect.Route.Purpose;
import java.util.List;

/**
 * Endpoints of OpenAI's dialect, under the paths that its clients derive from their base URLs.
 *
 * @see <a href="https://platform.openai.com/docs/api-reference/embeddings">OpenAI's reference</a>
 */
public final class OpenAiRoutes {

    static final String EMBEDDINGS = "/v1/embeddings";
    static final String EMBEDDINGS_WITHOUT_VERSION = "/embeddings";
    static final String EMBEDDINGS_UNDER_OPENAI = "/openai/v1/embeddings";
    static final String MODELS = "/v1/models";
    static final String MODELS_WITHOUT_VERSION = "/models";
    static final String MODELS_UNDER_OPENAI = "/openai/v1/models";

    /** Behind the path of the models: the id of one, which may contain slashes. */
    static final String ID = "/{id: .+}";

    public static final Dialect DIALECT = new Dialect(
            "openai",
            List.of(
                    Route.post(EMBEDDINGS, Purpose.EMBED),
                    Route.post(EMBEDDINGS_WITHOUT_VERSION, Purpose.EMBED),
                    Route.post(EMBEDDINGS_UNDER_OPENAI, Purpose.EMBED),
                    Route.get(MODELS, Purpose.MODEL),
                    Route.get(MODELS + ID, Purpose.MODEL),
                    Route.get(MODELS_WITHOUT_VERSION, Purpose.MODEL),
                    Route.get(MODELS_WITHOUT_VERSION + ID, Purpose.MODEL),
                    Route.get(MODELS_UNDER_OPENAI, Purpose.MODEL),
                    Route.get(MODELS_UNDER_OPENAI + ID, Purpose.MODEL)),
            new OpenAiErrors());

    private OpenAiRoutes() {}
}
