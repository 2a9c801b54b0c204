package dev.embedding.http;

import dev.embedding.http.edge.dialect.Endpoint;
import dev.embedding.http.edge.header.EmbeddingHeaders;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.math.BigDecimal;
import java.util.List;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;

/** Adds the headers of embedding requests to the OpenAPI document. */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public class OpenApiHeaders implements OASFilter {

    private static final List<Parameter> HEADERS = List.of(
            header(
                    EmbeddingHeaders.SPACE,
                    "Fingerprint of the vector space that must be served, else 412",
                    schema(SchemaType.STRING)),
            header(
                    EmbeddingHeaders.TIMEOUT,
                    "Deadline in milliseconds, from the moment the headers are read",
                    schema(SchemaType.INTEGER).minimum(BigDecimal.ONE).maximum(BigDecimal.valueOf(600_000))),
            header(
                    EmbeddingHeaders.PRIORITY,
                    "Class of the request: interactive ones go first. Up to 4 texts, 512 tokens and 16 KB are interactive by"
                            + " default",
                    schema(SchemaType.STRING).enumeration(List.of("interactive", "batch"))),
            header(
                    EmbeddingHeaders.CACHE_CONTROL,
                    "no-store: compute every text, and keep no vector. Other directives are ignored",
                    schema(SchemaType.STRING)));

    private static Schema schema(SchemaType type) {
        return OASFactory.createSchema().addType(type);
    }

    private static Parameter header(String name, String description, Schema schema) {
        return OASFactory.createParameter()
                .name(name)
                .in(Parameter.In.HEADER)
                .description(description)
                .schema(schema);
    }

    @Override
    public void filterOpenAPI(OpenAPI api) {
        api.getPaths().getPathItems().forEach((path, item) -> {
            Endpoint endpoint = SupportedDialects.ALL.at(path);
            item.getOperations().forEach((method, operation) -> {
                if (endpoint.embeds(method.name())) {
                    HEADERS.forEach(operation::addParameter);
                }
            });
        });
    }
}
