package dev.embedding.http;

import dev.embedding.http.edge.ErrorBody;
import jakarta.ws.rs.core.Application;
import org.eclipse.microprofile.openapi.annotations.Components;
import org.eclipse.microprofile.openapi.annotations.OpenAPIDefinition;
import org.eclipse.microprofile.openapi.annotations.info.Info;
import org.eclipse.microprofile.openapi.annotations.info.License;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Title of the API's document. */
@OpenAPIDefinition(
        components = @Components(schemas = @Schema(name = "Error", implementation = ErrorBody.class)),
        info =
                @Info(
                        title = "Embedding Service",
                        version = "1.0.0",
                        description = "Turns texts into the vectors of sentence-transformers.",
                        license = @License(name = "MIT", url = "https://opensource.org/license/mit")))
public class ServiceApi extends Application {}
