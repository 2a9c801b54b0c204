package dev.embedding.settings.store;

import dev.embedding.support.Names;
import io.netty.handler.ssl.NotSslRecordException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.List;

/** Converts failures of a TLS handshake to messages that follow the server's address. */
final class TlsFault {

    private static final int LONGEST_MESSAGE = 200;

    private final String host;
    private final String authorities;

    /** @param namesAuthorities whether the URL names authorities; otherwise those that Java trusts are used */
    TlsFault(String host, boolean namesAuthorities) {
        this.host = host;
        this.authorities = namesAuthorities ? "is named in ssl_ca" : "Java trusts; name its authority in ssl_ca";
    }

    /** @param causes a failure and its causes, outermost first */
    String said(List<Throwable> causes) {
        if (has(causes, NotSslRecordException.class)) {
            return "offers no TLS, which EMBEDDING_DB_URL asks for";
        }
        if (has(causes, CertificateExpiredException.class)) {
            return "shows a certificate that has expired";
        }
        if (has(causes, CertificateNotYetValidException.class)) {
            return "shows a certificate that is not valid yet";
        }
        if (has(causes, CertPathBuilderException.class) || has(causes, CertPathValidatorException.class)) {
            return "shows a certificate of no authority that " + authorities;
        }
        if (has(causes, CertificateException.class)) {
            return "shows a certificate for another name than " + host;
        }
        return "failed the TLS handshake: " + innermost(causes);
    }

    private static String innermost(List<Throwable> causes) {
        String message =
                Names.onOneLine(String.valueOf(causes.get(causes.size() - 1).getMessage()));
        return message.substring(0, Math.min(message.length(), LONGEST_MESSAGE));
    }

    private static boolean has(List<Throwable> causes, Class<? extends Throwable> kind) {
        return causes.stream().anyMatch(kind::isInstance);
    }
}
