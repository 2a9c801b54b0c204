package dev.embedding.http.operations;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Root page: name and version of the service, and links to the other endpoints. */
@Path(OperationsRoutes.ROOT)
@Tag(name = "Operation")
public class RootResource {

    private final ServiceIdentity identity;

    RootResource(ServiceIdentity identity) {
        this.identity = identity;
    }

    /** {@code GET /}. */
    @GET
    @Operation(operationId = "root", summary = "Where to find what")
    public Uni<Root> root() {
        return Uni.createFrom()
                .item(new Root(
                        identity.name(),
                        identity.version(),
                        "running",
                        OperationsRoutes.DOCS,
                        OperationsRoutes.HEALTH,
                        OperationsRoutes.METRICS));
    }

    /** Response of {@code GET /}. */
    public record Root(
            @Schema(required = true) String service,
            @Schema(required = true) String version,
            @Schema(required = true) String status,
            @Schema(required = true) String documentation,
            @Schema(required = true) String health,
            @Schema(required = true) String metrics) {}
}
