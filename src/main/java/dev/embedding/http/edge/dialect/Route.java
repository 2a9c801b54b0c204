package dev.embedding.http.edge.dialect;

import dev.embedding.http.access.Access;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Endpoint of a dialect. Access, draining, the methods of a 405 and the OpenAPI document follow from it.
 *
 * @param path as in JAX-RS: {@code {name}} is one segment, <code>{name: regex}</code> whatever the expression matches
 */
public record Route(String method, String path, Purpose purpose) {

    private static final Pattern PARAMETER = Pattern.compile("\\{\\w+(?:: *((?:[^{}])+))?}");

    /** Purpose of an endpoint. */
    public enum Purpose {
        /** Tells about the service, also without a key. */
        STATUS,
        /** Tells about the service. */
        INFORMATION,
        /** Tells about the served model. */
        MODEL,
        /** Embeds texts: has a deadline, is rejected when too much is waiting, and while the process drains. */
        EMBED,
        /** Changes settings. */
        SETTINGS_CHANGE,
        /** Page of the framework, also without a key. */
        FRAMEWORK_PAGE,
        /** Other endpoint of the framework, which receives bodies itself. */
        FRAMEWORK
    }

    public static Route get(String path, Purpose purpose) {
        return new Route("GET", path, purpose);
    }

    public static Route post(String path, Purpose purpose) {
        return new Route("POST", path, purpose);
    }

    public Access access() {
        return switch (purpose) {
            case STATUS, FRAMEWORK_PAGE -> Access.OPEN;
            case INFORMATION, MODEL, EMBED, FRAMEWORK -> Access.CALLER;
            case SETTINGS_CHANGE -> Access.ADMIN;
        };
    }

    boolean isOfFramework() {
        return switch (purpose) {
            case FRAMEWORK_PAGE, FRAMEWORK -> true;
            case STATUS, INFORMATION, MODEL, EMBED, SETTINGS_CHANGE -> false;
        };
    }

    boolean isLiteral() {
        return path.indexOf('{') < 0;
    }

    /** The path up to its first parameter. */
    String prefix() {
        return isLiteral() ? path : path.substring(0, path.indexOf('{'));
    }

    /** Expression that the whole path of a request matches. */
    Pattern pattern() {
        StringBuilder expression = new StringBuilder();
        Matcher parameter = PARAMETER.matcher(path);
        int end = 0;
        while (parameter.find()) {
            expression.append(Pattern.quote(path.substring(end, parameter.start())));
            expression.append(parameter.group(1) == null ? "[^/]+" : "(?:" + parameter.group(1) + ")");
            end = parameter.end();
        }
        return Pattern.compile(expression + Pattern.quote(path.substring(end)));
    }
}
