package dev.embedding.http.operations;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.embedding.http.access.AccessControl;
import dev.embedding.http.edge.InflightBytes;
import dev.embedding.http.exchange.JsonBody;
import dev.embedding.reload.SettingChangeException;
import dev.embedding.reload.SettingsControl;
import dev.embedding.serving.model.ModelHost;
import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.Setting;
import dev.embedding.settings.SettingKey;
import dev.embedding.support.WorkerPools;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Settings and changes of them; a change is completed, and not undone, when its caller disconnects. */
@Path("/")
@Tag(name = "Settings")
public class SettingsResource {

    private static final String ENVIRONMENT = "environment";
    private static final String DATABASE = "database";
    private static final String MODELS = "models";
    private static final List<String> SUPPORTED_KEYS = Stream.concat(
                    Setting.keys().stream(), Stream.of(SettingKey.PATTERN))
            .sorted()
            .toList();

    private final ServiceIdentity identity;
    private final SettingsControl control;
    private final WorkerPools workers;

    SettingsResource(ServiceIdentity identity, SettingsControl control, ModelHost host) {
        this.identity = identity;
        this.control = control;
        this.workers = host.workers();
    }

    /** {@code GET /settings}. */
    @GET
    @Path(OperationsRoutes.SETTINGS)
    @Operation(operationId = "settings", summary = "What is set, and where it comes from")
    public Uni<Settings> settings() {
        return Uni.createFrom().item(this::snapshot);
    }

    private Settings snapshot() {
        String source = control.source();
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("service_name", identity.name());
        values.put("service_version", identity.version());
        ServiceSettings current = control.current();
        values.putAll(current.values().byKey());
        values.put(MODELS, furtherModels(current));
        values.put("use_db_settings", source.equals(DATABASE));
        return new Settings(
                values,
                SUPPORTED_KEYS,
                source,
                List.of("host and port take no effect while running:"
                        + " the listen address comes from the environment"));
    }

    /** Settings of the models that are not the default, by id and key. */
    private static Map<String, Object> furtherModels(ServiceSettings current) {
        Map<String, Object> models = new LinkedHashMap<>();
        current.furtherModels()
                .forEach((id, settings) -> models.put(
                        id, settings.values().only(Setting::isOfModel).byKey()));
        return models;
    }

    /** {@code POST /settings}. */
    @POST
    @Path(OperationsRoutes.SETTINGS)
    @Operation(operationId = "changeSetting", summary = "Change a setting")
    @RequestBody(
            required = true,
            content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(ref = OpenApiSettings.CHANGE)))
    @APIResponse(
            responseCode = "200",
            description = "The settings, with the change in force",
            content =
                    @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = Settings.class)))
    public Uni<Settings> change(@Parameter(hidden = true) @Context RoutingContext exchange) {
        return changed(exchange, SettingsRequestBody::single);
    }

    /** {@code POST /settings/bulk}. */
    @POST
    @Path(OperationsRoutes.SETTINGS_BULK)
    @Operation(operationId = "changeSettings", summary = "Change several settings, all or none")
    @RequestBody(
            required = true,
            content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(ref = OpenApiSettings.CHANGES)))
    @APIResponse(
            responseCode = "200",
            description = "The settings, with all changes in force",
            content =
                    @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = Settings.class)))
    public Uni<Settings> changeAll(@Parameter(hidden = true) @Context RoutingContext exchange) {
        return changed(exchange, SettingsRequestBody::bulk);
    }

    /** {@code DELETE /settings/{key}}. */
    @DELETE
    @Path(OperationsRoutes.SETTING)
    @Operation(operationId = "deleteSetting", summary = "Go back to the environment's value")
    @APIResponse(
            responseCode = "200",
            description = "The settings, with the environment's value in force",
            content =
                    @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = Settings.class)))
    public Uni<Settings> delete(
            @PathParam("key") String key, @Parameter(hidden = true) @Context RoutingContext exchange) {
        return deleted(key, AccessControl.keyId(exchange));
    }

    Uni<Settings> deleted(String key, Optional<String> keyId) {
        return changed(
                Uni.createFrom().item(() -> SettingsRequestBody.deletion(key)).runSubscriptionOn(workers.forBytes(0)),
                keyId);
    }

    private Uni<Settings> changed(RoutingContext exchange, Function<JsonBody, SettingsRequestBody> read) {
        // Captured now: the exchange ends when its caller disconnects, but the change does not.
        JsonBody body = JsonBody.of(exchange);
        Uni<SettingsRequestBody> requested = Uni.createFrom().deferred(() -> {
            Runnable release = InflightBytes.hold(exchange);
            return Uni.createFrom()
                    .item(() -> read.apply(body))
                    .runSubscriptionOn(workers.forBytes(body.length()))
                    .onTermination()
                    .invoke(release);
        });
        return changed(requested, AccessControl.keyId(exchange));
    }

    private Uni<Settings> changed(Uni<SettingsRequestBody> requested, Optional<String> keyId) {
        if (control.source().equals(ENVIRONMENT)) {
            return Uni.createFrom().failure(SettingChangeException.storeOff());
        }
        Uni<Void> change = requested
                .chain(changes -> control.change(changes.texts(), keyId))
                .memoize()
                .indefinitely();
        // INVARIANT: this subscriber never cancels, so a caller that disconnects does not stop the change.
        Cancellable unused = change.subscribe().with(done -> {}, failure -> {});
        return change.replaceWith(this::snapshot);
    }

    /** Response of {@code GET /settings}, and of changes. */
    public record Settings(
            @Schema(required = true) Map<String, Object> settings,

            @Schema(required = true) @JsonProperty("supported_keys")
            List<String> supportedKeys,

            @Schema(
                    required = true,
                    enumeration = {"environment", "file", "database"})
            String source,

            @Schema(required = true) List<String> notes) {}
}
