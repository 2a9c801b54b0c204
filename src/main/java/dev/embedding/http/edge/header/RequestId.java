package dev.embedding.http.edge.header;

import io.vertx.ext.web.RoutingContext;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/** Id of an exchange: the caller's own where it is harmless, else 8 random hexadecimal digits. */
public final class RequestId {

    public static final String HEADER = "X-Request-ID";

    private static final Pattern HARMLESS = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

    private RequestId() {}

    /** Assigns the id to the exchange, and adds it to the response's headers. */
    public static void assign(RoutingContext exchange) {
        String requested = exchange.request().getHeader(HEADER);
        String id = requested != null && HARMLESS.matcher(requested).matches()
                ? requested
                : HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
        exchange.put(HEADER, id);
        exchange.response().putHeader(HEADER, id);
    }

    public static String of(RoutingContext exchange) {
        String id = exchange.get(HEADER);
        return id == null ? "" : id;
    }
}
