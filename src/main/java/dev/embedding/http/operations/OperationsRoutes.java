package dev.embedding.http.operations;

import dev.embedding.http.edge.dialect.Dialect;
import dev.embedding.http.edge.dialect.Route;
import dev.embedding.http.edge.dialect.Route.Purpose;
import dev.embedding.http.edge.dialect.ServiceErrors;
import java.util.List;

/** Endpoints for operators, those of the framework included. */
public final class OperationsRoutes {

    static final String ROOT = "/";
    static final String DOCS = "/docs";
    static final String HEALTH = "/health";
    static final String METRICS = "/metrics";
    static final String MODEL_INFO = "/model/info";
    static final String SETTINGS = "/settings";
    static final String SETTINGS_BULK = "/settings/bulk";
    static final String SETTING = "/settings/{key}";

    public static final Dialect DIALECT = new Dialect(
            "operations",
            List.of(
                    Route.get(ROOT, Purpose.STATUS),
                    Route.get(HEALTH, Purpose.STATUS),
                    Route.get(METRICS, Purpose.INFORMATION),
                    Route.get(MODEL_INFO, Purpose.MODEL),
                    Route.get(SETTINGS, Purpose.INFORMATION),
                    Route.post(SETTINGS, Purpose.SETTINGS_CHANGE),
                    Route.post(SETTINGS_BULK, Purpose.SETTINGS_CHANGE),
                    new Route("DELETE", SETTING, Purpose.SETTINGS_CHANGE),
                    Route.get(DOCS, Purpose.FRAMEWORK_PAGE),
                    Route.get("/docs/{page: .*}", Purpose.FRAMEWORK_PAGE),
                    Route.get("/openapi", Purpose.FRAMEWORK_PAGE),
                    Route.get("/openapi.{format: .*}", Purpose.FRAMEWORK_PAGE),
                    Route.get("/q/health", Purpose.FRAMEWORK_PAGE),
                    Route.get("/q/health/{probe: .*}", Purpose.FRAMEWORK_PAGE),
                    Route.get("/q/{page: .*}", Purpose.FRAMEWORK)),
            ServiceErrors.FORMAT);

    private OperationsRoutes() {}
}
