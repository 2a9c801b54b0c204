package dev.embedding.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.embedding.http.edge.RefusedException;
import dev.embedding.settings.EnvironmentSettings;
import dev.embedding.settings.SettingKey;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What is set. Settings come from the environment, so changing them here is refused. */
@Path("/settings")
@Tag(name = "Settings")
public class SettingsResource {

    private final ServiceIdentity identity;
    private final EnvironmentSettings environment;

    SettingsResource(ServiceIdentity identity, EnvironmentSettings environment) {
        this.identity = identity;
        this.environment = environment;
    }

    /** {@code GET /settings}. */
    @GET
    @Operation(operationId = "settings", summary = "What is set, and where it comes from")
    public Uni<Settings> settings() {
        return Uni.createFrom().item(this::snapshot);
    }

    private Settings snapshot() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("service_name", identity.name());
        values.put("service_version", identity.version());
        values.putAll(environment.settings().byKey());
        values.put("use_db_settings", false);
        return new Settings(
                values,
                SettingKey.keys(),
                "environment",
                List.of(
                        "host and port are those of the environment: the listener's address never changes while running"));
    }

    /** {@code POST /settings}. */
    @POST
    @Operation(operationId = "changeSetting", summary = "Change a setting")
    public Uni<Settings> change() {
        return refused();
    }

    /** {@code POST /settings/bulk}. */
    @POST
    @Path("/bulk")
    @Operation(operationId = "changeSettings", summary = "Change several settings, all or none")
    public Uni<Settings> changeAll() {
        return refused();
    }

    /** {@code DELETE /settings/{key}}. */
    @DELETE
    @Path("/{key}")
    @Operation(operationId = "deleteSetting", summary = "Go back to the environment's value")
    public Uni<Settings> delete(@PathParam("key") String key) {
        return refused();
    }

    private static Uni<Settings> refused() {
        return Uni.createFrom()
                .failure(new RefusedException(
                        400, "Stored settings are switched off; change the environment variables and restart."));
    }

    /** The answer of {@code GET /settings}. */
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
