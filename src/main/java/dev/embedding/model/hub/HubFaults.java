package dev.embedding.model.hub;

import dev.embedding.model.hub.HubException.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/**
 * Converts a hub's statuses and headers, or a missing response, to exceptions whose messages say what to do.
 *
 * @see <a
 *     href="https://github.com/huggingface/huggingface_hub/blob/main/src/huggingface_hub/utils/_http.py">hf_raise_for_status,
 *     which tells the same cases apart</a>
 */
final class HubFaults {

    private static final Pattern SECONDS = Pattern.compile("\\d{1,9}");
    private static final Pattern RATE_LIMIT_RESET = Pattern.compile("\\bt=(\\d{1,9})");

    private final HubSettings settings;

    HubFaults(HubSettings settings) {
        this.settings = settings;
    }

    HubException ofStatus(HttpResponse<?> response, Subject subject, boolean isFromHub) {
        int status = response.statusCode();
        String host = response.uri().getHost();
        String suffix = " (" + host + " responds with status " + status + ")";
        if (!isFromHub) {
            return new HubException(
                    Kind.HUB_FAULT,
                    subject + " cannot be loaded from the host that "
                            + settings.endpoint().getHost() + " redirects to" + suffix);
        }
        return switch (response.headers().firstValue("X-Error-Code").orElse("")) {
            case "GatedRepo" -> gated(subject, suffix);
            case "RepoNotFound" -> noRepository(subject, suffix);
            case "RevisionNotFound" -> noRevision(subject, suffix);
            case "EntryNotFound" -> noFile(subject, suffix);
            default -> ofStatusOnly(status, response.headers(), subject, suffix);
        };
    }

    private HubException ofStatusOnly(int status, HttpHeaders headers, Subject subject, String suffix) {
        return switch (status) {
            case 401 ->
                new HubException(
                        Kind.UNAUTHORIZED,
                        subject + " requires a token" + suffix
                                + (settings.token().isPresent()
                                        ? "; set HF_TOKEN to a token that is valid and may read it"
                                        : "; set HF_TOKEN to a token that may read it"));
            case 403 ->
                new HubException(
                        Kind.UNAUTHORIZED,
                        subject + " is denied" + suffix + "; the token of HF_TOKEN needs the right to read it");
            case 404 -> subject.file().isEmpty() ? noRepository(subject, suffix) : noFile(subject, suffix);
            case 429 ->
                new HubException(
                        Kind.RATE_LIMITED,
                        "Too many requests for " + subject + suffix
                                + "; try later, or set HF_TOKEN, which raises the limit",
                        retryAfter(headers),
                        null);
            default ->
                status == 408 || status >= 500
                        ? new HubException(
                                Kind.HUB_FAULT, subject + " cannot be loaded now" + suffix, retryAfter(headers), null)
                        : new HubException(
                                Kind.INVALID_RESPONSE,
                                subject + " cannot be loaded" + suffix + "; check HF_ENDPOINT and proxies");
        };
    }

    private HubException gated(Subject subject, String suffix) {
        return new HubException(
                Kind.GATED,
                subject + " is gated" + suffix + ": accept its licence at " + settings.endpoint() + "/"
                        + subject.name().repository() + " and set HF_TOKEN to a token of that account");
    }

    private HubException noRepository(Subject subject, String suffix) {
        return new HubException(
                Kind.REPOSITORY_NOT_FOUND,
                "There is no repository " + subject.name().repository() + suffix + ", or it is private and "
                        + (settings.token().isPresent()
                                ? "the token of HF_TOKEN may not read it"
                                : "needs a token in HF_TOKEN"));
    }

    private static HubException noRevision(Subject subject, String suffix) {
        return new HubException(
                Kind.REVISION_NOT_FOUND,
                subject.name().repository() + " has no revision '"
                        + subject.name().revision() + "'" + suffix);
    }

    static HubException noFile(Subject subject, String suffix) {
        return new HubException(Kind.FILE_NOT_FOUND, "There is no file " + subject + suffix);
    }

    /** For a response that is missing or incomplete. */
    HubException ofConnection(IOException failure, Subject subject, URI uri) {
        return new HubException(
                Kind.UNREACHABLE, subject + " cannot be loaded: " + uri.getHost() + " " + reason(failure), failure);
    }

    private String reason(IOException failure) {
        if (failure instanceof HttpTimeoutException) {
            return "does not respond in time or stops sending (timeouts: "
                    + settings.timeouts().response().toSeconds() + " s and "
                    + settings.timeouts().stall().toSeconds() + " s)";
        }
        if (failure instanceof UnknownHostException || failure.getCause() instanceof UnresolvedAddressException) {
            return "is an unknown host; check HF_ENDPOINT, name resolution and proxies";
        }
        if (failure instanceof ConnectException) {
            return "cannot be connected to; check HF_ENDPOINT, network and proxies";
        }
        if (failure instanceof SSLException) {
            return "fails the TLS handshake; check the clock, proxies and the JVM's trusted certificates";
        }
        return "closed the connection";
    }

    private static Duration retryAfter(HttpHeaders headers) {
        Optional<Duration> header = headers.firstValue("Retry-After").flatMap(HubFaults::secondsOrDate);
        return header.or(() -> headers.firstValue("RateLimit")
                        .map(RATE_LIMIT_RESET::matcher)
                        .filter(Matcher::find)
                        .map(found -> Duration.ofSeconds(Long.parseLong(found.group(1)))))
                .orElse(Duration.ZERO);
    }

    private static Optional<Duration> secondsOrDate(String text) {
        if (SECONDS.matcher(text).matches()) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
        }
        try {
            ZonedDateTime date = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME);
            return Optional.of(Duration.between(Instant.now(), date));
        } catch (DateTimeException neither) {
            return Optional.empty();
        }
    }
}
