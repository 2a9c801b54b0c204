package dev.embedding.http;

import dev.embedding.http.access.AccessControl;
import dev.embedding.http.edge.dialect.ErrorBody;
import jakarta.ws.rs.core.Application;
import org.eclipse.microprofile.openapi.annotations.Components;
import org.eclipse.microprofile.openapi.annotations.OpenAPIDefinition;
import org.eclipse.microprofile.openapi.annotations.enums.SecuritySchemeIn;
import org.eclipse.microprofile.openapi.annotations.enums.SecuritySchemeType;
import org.eclipse.microprofile.openapi.annotations.info.Info;
import org.eclipse.microprofile.openapi.annotations.info.License;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.security.SecurityScheme;

/** Title, security schemes and error schema of the OpenAPI document. */
@OpenAPIDefinition(
        components =
                @Components(
                        schemas = @Schema(name = ErrorBody.SCHEMA, implementation = ErrorBody.class),
                        securitySchemes = {
                            @SecurityScheme(
                                    securitySchemeName = OpenApiDefinition.BEARER,
                                    type = SecuritySchemeType.HTTP,
                                    scheme = "bearer",
                                    description = "A key, where the service has been given keys"),
                            @SecurityScheme(
                                    securitySchemeName = OpenApiDefinition.KEY_HEADER,
                                    type = SecuritySchemeType.APIKEY,
                                    in = SecuritySchemeIn.HEADER,
                                    apiKeyName = AccessControl.KEY_HEADER,
                                    description = "The same key in another header")
                        }),
        info =
                @Info(
                        title = "Embedding Service",
                        version = "1.0.0",
                        description = "Turns texts into the vectors of sentence-transformers.",
                        license = @License(name = "MIT", url = "https://opensource.org/license/mit")))
public class OpenApiDefinition extends Application {

    static final String BEARER = "bearer";
    static final String KEY_HEADER = "key";
}
