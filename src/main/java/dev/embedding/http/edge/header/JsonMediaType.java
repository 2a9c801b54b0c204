package dev.embedding.http.edge.header;

import java.util.Locale;

/** Media types of JSON. */
public final class JsonMediaType {

    private JsonMediaType() {}

    /** Whether a {@code Content-Type} is {@code application/json} or {@code application/*+json}, with any parameters. */
    public static boolean matches(String contentType) {
        String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return type.equals("application/json") || type.startsWith("application/") && type.endsWith("+json");
    }
}
