package dev.embedding.http;

import dev.embedding.http.edge.failure.Dialect;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.security.SecurityRequirement;

/** Adds the errors that an operation may return to the OpenAPI document, each with the error schema of its dialect. */
public class OpenApiErrors implements OASFilter {

    private static final String SCHEMAS = "#/components/schemas/";

    private static final Map<String, String> ANYWHERE = Map.of("500", "The service failed; its log says why");

    private static final Map<String, String> WITH_BODY = ordered(
            "400", "The body's chunks are malformed, or it is not what its Content-Encoding says",
            "408", "The body did not arrive in time",
            "413", "The body is too large");

    private static final Map<String, String> EMBEDDING = ordered(
            "412", "Another vector space is served than the pinned one",
            "415", "The body is not JSON",
            "422", "The request is invalid",
            "429", "Too much is waiting; Retry-After says when to try again",
            "503", "No model is loaded",
            "504", "The request's time is over");

    private static final Map<String, String> CHANGING_SETTINGS = ordered(
            "400", "Settings are not stored, what is stored cannot be written, or the body is malformed",
            "422", "The request is invalid, or leaves the required vector space; nothing was changed",
            "500", "The model could not be loaded and the previous one stays; nothing was changed",
            "503", "What is stored cannot be reached; nothing was changed");

    private static final Map<String, String> POSTING_SETTINGS = ordered("415", "The body is not JSON");

    private static final Map<String, String> DELETING_SETTINGS = ordered("404", "The setting is not stored");

    private static final Map<String, String> WITHOUT_MODEL = ordered("503", "No model is loaded");

    private static final Set<String> ABOUT_MODEL = Set.of("/model/info", "/v1/models", "/v1/models/{id}");

    private static final Set<String> WITHOUT_KEY = Set.of("/", "/health");

    private static final Map<String, String> FOR_KEYS =
            ordered("401", "A key is needed, or the one given is not known");

    private static final Map<String, String> FOR_ADMINS = ordered(
            "401", "A key is needed, or the one given is not known",
            "403", "An admin's key is needed, or the request comes from a page of another origin");

    /** Either header, or none where the service has been given no keys. */
    private static final List<SecurityRequirement> KEYS = List.of(
            OASFactory.createSecurityRequirement().addScheme(OpenApiDefinition.BEARER),
            OASFactory.createSecurityRequirement().addScheme(OpenApiDefinition.KEY_HEADER),
            OASFactory.createSecurityRequirement());

    @Override
    public void filterOpenAPI(OpenAPI api) {
        api.getPaths().getPathItems().forEach(OpenApiErrors::addErrors);
    }

    private static void addErrors(String path, PathItem item) {
        Dialect dialect = SupportedDialects.ALL.of(path);
        item.getOperations().forEach((method, operation) -> {
            if (!WITHOUT_KEY.contains(path)) {
                operation.setSecurity(KEYS);
                add(
                        dialect,
                        operation,
                        path.startsWith("/settings") && method != PathItem.HttpMethod.GET ? FOR_ADMINS : FOR_KEYS);
            }
            if (path.startsWith("/settings") && method != PathItem.HttpMethod.GET) {
                add(dialect, operation, WITH_BODY);
                add(dialect, operation, CHANGING_SETTINGS);
                add(dialect, operation, method == PathItem.HttpMethod.DELETE ? DELETING_SETTINGS : POSTING_SETTINGS);
            } else if (dialect.embeds(path)) {
                add(dialect, operation, WITH_BODY);
                add(dialect, operation, EMBEDDING);
                add(dialect, operation, ANYWHERE);
            } else {
                add(dialect, operation, ABOUT_MODEL.contains(path) ? WITHOUT_MODEL : Map.of());
                add(dialect, operation, ANYWHERE);
            }
        });
    }

    private static void add(Dialect dialect, Operation operation, Map<String, String> errors) {
        errors.forEach((status, description) -> operation
                .getResponses()
                .addAPIResponse(
                        Integer.toString(dialect.status(Integer.parseInt(status))),
                        error(dialect.errorSchema(), description)));
    }

    private static APIResponse error(String schema, String description) {
        return OASFactory.createAPIResponse()
                .description(description)
                .content(OASFactory.createContent()
                        .addMediaType(
                                "application/json",
                                OASFactory.createMediaType()
                                        .schema(OASFactory.createSchema().ref(SCHEMAS + schema))));
    }

    private static Map<String, String> ordered(String... statusesAndDescriptions) {
        Map<String, String> errors = new LinkedHashMap<>();
        for (int index = 0; index < statusesAndDescriptions.length; index += 2) {
            errors.put(statusesAndDescriptions[index], statusesAndDescriptions[index + 1]);
        }
        return errors;
    }
}
