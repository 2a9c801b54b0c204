package dev.embedding.http;

import dev.embedding.http.edge.failure.Dialect;
import dev.embedding.http.edge.failure.Dialects;
import dev.embedding.http.openai.OpenAiDialect;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;

/** Registry of the supported dialects besides the service's own. */
final class SupportedDialects {

    static final Dialects ALL = new Dialects(List.<Dialect>of(new OpenAiDialect()));

    private SupportedDialects() {}

    @Produces
    @Singleton
    static Dialects dialects() {
        return ALL;
    }
}
