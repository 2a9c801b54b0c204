package dev.embedding.http;

import dev.embedding.http.edge.dialect.Dialect;
import dev.embedding.http.edge.dialect.Dialects;
import dev.embedding.http.edge.dialect.ServiceErrors;
import dev.embedding.http.embed.EmbedRoutes;
import dev.embedding.http.openai.OpenAiRoutes;
import dev.embedding.http.operations.OperationsRoutes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;

/** Registry of the supported dialects. */
final class SupportedDialects {

    static final List<Dialect> DIALECTS = List.of(EmbedRoutes.DIALECT, OperationsRoutes.DIALECT, OpenAiRoutes.DIALECT);

    static final Dialects ALL = new Dialects(DIALECTS, ServiceErrors.FORMAT);

    private SupportedDialects() {}

    @Produces
    @Singleton
    static Dialects dialects() {
        return ALL;
    }
}
