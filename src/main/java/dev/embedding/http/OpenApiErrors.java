package dev.embedding.http;

import static java.util.Map.entry;

import dev.embedding.http.access.Access;
import dev.embedding.http.edge.dialect.Endpoint;
import dev.embedding.http.edge.dialect.ErrorFormat;
import dev.embedding.http.edge.dialect.Route;
import dev.embedding.serving.FailureKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    private static final Map<FailureKind, String> ANYWHERE =
            Map.of(FailureKind.INTERNAL_ERROR, "The service failed; its log says why");

    private static final Map<FailureKind, String> WITH_BODY = ordered(
            entry(
                    FailureKind.MALFORMED_REQUEST,
                    "The body's chunks are malformed, or it is not what its Content-Encoding says"),
            entry(FailureKind.BODY_TIMEOUT, "The body did not arrive in time"),
            entry(FailureKind.BODY_TOO_LARGE, "The body is too large"));

    private static final Map<FailureKind, String> EMBEDDING = ordered(
            entry(FailureKind.UNKNOWN_MODEL, "No model of that name is served"),
            entry(FailureKind.SPACE_MISMATCH, "Another vector space is served than the pinned one"),
            entry(FailureKind.UNSUPPORTED_MEDIA_TYPE, "The body is not JSON"),
            entry(FailureKind.INVALID_REQUEST, "The request is invalid"),
            entry(FailureKind.SATURATED, "Too much is waiting; Retry-After says when to try again"),
            entry(FailureKind.NO_MODEL, "No model is loaded"),
            entry(FailureKind.DEADLINE_EXCEEDED, "The request's time is over"));

    private static final Map<FailureKind, String> CHANGING_SETTINGS = ordered(
            entry(
                    FailureKind.SETTINGS_READ_ONLY,
                    "Settings are not stored, what is stored cannot be written, or the body is malformed"),
            entry(
                    FailureKind.INVALID_REQUEST,
                    "The request is invalid, or leaves the required vector space; nothing was changed"),
            entry(
                    FailureKind.INTERNAL_ERROR,
                    "The model could not be loaded and the previous one stays; nothing was changed"),
            entry(FailureKind.SETTINGS_UNAVAILABLE, "What is stored cannot be reached; nothing was changed"));

    private static final Map<FailureKind, String> POSTING_SETTINGS =
            Map.of(FailureKind.UNSUPPORTED_MEDIA_TYPE, "The body is not JSON");

    private static final Map<FailureKind, String> DELETING_SETTINGS =
            Map.of(FailureKind.NOT_FOUND, "The setting is not stored");

    private static final Map<FailureKind, String> WITHOUT_MODEL = Map.of(FailureKind.NO_MODEL, "No model is loaded");

    private static final Map<FailureKind, String> FOR_KEYS =
            Map.of(FailureKind.UNAUTHENTICATED, "A key is needed, or the one given is not known");

    private static final Map<FailureKind, String> FOR_ADMINS = ordered(
            entry(FailureKind.UNAUTHENTICATED, "A key is needed, or the one given is not known"),
            entry(
                    FailureKind.FORBIDDEN,
                    "An admin's key is needed, or the request comes from a page of another origin"));

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
        Endpoint endpoint = SupportedDialects.ALL.at(path);
        item.getOperations().forEach((method, operation) -> endpoint.route(method.name())
                .ifPresent(route -> addErrors(endpoint.errors(), route, operation)));
    }

    private static void addErrors(ErrorFormat errors, Route route, Operation operation) {
        if (route.access() != Access.OPEN) {
            operation.setSecurity(KEYS);
            add(errors, operation, route.access() == Access.ADMIN ? FOR_ADMINS : FOR_KEYS);
        }
        switch (route.purpose()) {
            case EMBED -> {
                add(errors, operation, WITH_BODY);
                add(errors, operation, EMBEDDING);
                add(errors, operation, ANYWHERE);
            }
            case SETTINGS_CHANGE -> {
                add(errors, operation, WITH_BODY);
                add(errors, operation, CHANGING_SETTINGS);
                add(errors, operation, route.method().equals("DELETE") ? DELETING_SETTINGS : POSTING_SETTINGS);
            }
            case MODEL -> {
                add(errors, operation, WITHOUT_MODEL);
                add(errors, operation, ANYWHERE);
            }
            case STATUS, INFORMATION, FRAMEWORK_PAGE, FRAMEWORK -> add(errors, operation, ANYWHERE);
        }
    }

    private static void add(ErrorFormat errors, Operation operation, Map<FailureKind, String> descriptions) {
        descriptions.forEach((kind, description) -> operation
                .getResponses()
                .addAPIResponse(Integer.toString(errors.status(kind)), error(errors.schema(), description)));
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

    @SafeVarargs
    private static Map<FailureKind, String> ordered(Map.Entry<FailureKind, String>... descriptions) {
        Map<FailureKind, String> errors = new LinkedHashMap<>();
        for (Map.Entry<FailureKind, String> description : descriptions) {
            errors.put(description.getKey(), description.getValue());
        }
        return errors;
    }
}
