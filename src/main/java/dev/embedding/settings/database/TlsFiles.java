package dev.embedding.settings.database;

import dev.embedding.settings.InvalidSettingException;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.TrustOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;

/** Reads and checks, once at start, the PEM files that parameters of {@code EMBEDDING_DB_URL} name. */
final class TlsFiles {

    private static final int LARGEST = 1 << 20;
    private static final String CERTIFICATES = "must name a file with certificates in PEM";
    private static final String DIRECTORY = "must name a directory with certificates in PEM, named by openssl rehash";
    private static final String PRIVATE_KEY = "must name a file with an unencrypted private key in PEM, RSA or EC";

    private static final Pattern CERTIFICATE =
            Pattern.compile("-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----");

    /** OpenSSL's file names of certificates in a directory of authorities. */
    private static final Pattern HASHED = Pattern.compile("[0-9a-f]{8}\\.[0-9]+");

    /** Passes contents, so that Vert.x reads no file. */
    private static final @Nullable Vertx NO_FILES = null;

    private TlsFiles() {}

    /** @throws IllegalArgumentException naming parameter and rule */
    static TrustOptions authorities(Optional<UrlParameter> file, Optional<UrlParameter> directory) {
        List<Certificate> all = new ArrayList<>();
        file.ifPresent(parameter -> all.addAll(certificates(parameter, path(parameter, CERTIFICATES))));
        directory.ifPresent(
                parameter -> hashedFiles(parameter).forEach(hashed -> all.addAll(certificates(parameter, hashed))));
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (Certificate certificate : all) {
                store.setCertificateEntry(Integer.toString(store.size()), certificate);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            return TrustOptions.wrap(trust);
        } catch (GeneralSecurityException | IOException impossible) {
            throw new IllegalStateException("A certificate store cannot be created", impossible);
        }
    }

    /** @throws IllegalArgumentException naming parameter and rule */
    static KeyCertOptions identity(UrlParameter certificate, UrlParameter key) {
        Path chain = path(certificate, CERTIFICATES);
        List<Certificate> unused = certificates(certificate, chain);
        PemKeyCertOptions identity = new PemKeyCertOptions()
                .addCertValue(content(certificate, chain, CERTIFICATES))
                .addKeyValue(content(key, path(key, PRIVATE_KEY), PRIVATE_KEY));
        KeyManagerFactory keys;
        try {
            keys = identity.getKeyManagerFactory(NO_FILES);
        } catch (Exception unusable) {
            throw key.fault(PRIVATE_KEY + ", which fits ssl_cert");
        }
        if (!isPair(keys)) {
            throw key.fault("must name the private key of the certificate in ssl_cert, but it is another's");
        }
        return identity;
    }

    /** Never empty. */
    private static List<Certificate> certificates(UrlParameter parameter, Path file) {
        Matcher pem = CERTIFICATE.matcher(content(parameter, file, CERTIFICATES).toString(StandardCharsets.US_ASCII));
        List<Certificate> certificates = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            while (pem.find()) {
                byte[] one = pem.group().getBytes(StandardCharsets.US_ASCII);
                certificates.add(factory.generateCertificate(new ByteArrayInputStream(one)));
            }
        } catch (CertificateException broken) {
            throw parameter.fault(CERTIFICATES + ", but one in " + abbreviated(file) + " is broken");
        }
        if (certificates.isEmpty()) {
            throw parameter.fault(CERTIFICATES + ", but " + abbreviated(file) + " holds none");
        }
        return certificates;
    }

    private static List<Path> hashedFiles(UrlParameter parameter) {
        Path directory = path(parameter, DIRECTORY);
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> hashed = files.filter(file ->
                            HASHED.matcher(file.getFileName().toString()).matches())
                    .sorted()
                    .toList();
            if (hashed.isEmpty()) {
                throw parameter.fault(DIRECTORY + ", but " + abbreviated(directory) + " holds none");
            }
            return hashed;
        } catch (IOException unreadable) {
            throw parameter.fault(DIRECTORY + ", but " + abbreviated(directory) + " cannot be read");
        }
    }

    private static Path path(UrlParameter parameter, String rule) {
        try {
            Path path = Path.of(parameter.value());
            if (!parameter.value().isBlank() && Files.exists(path)) {
                return path;
            }
        } catch (InvalidPathException noPath) {
            throw parameter.fault(rule);
        }
        throw parameter.fault(rule + ", but there is none of this name");
    }

    private static Buffer content(UrlParameter parameter, Path file, String rule) {
        if (!Files.isRegularFile(file)) {
            throw parameter.fault(rule + ", but " + abbreviated(file) + " is no file");
        }
        try (InputStream input = Files.newInputStream(file)) {
            return Buffer.buffer(input.readNBytes(LARGEST));
        } catch (IOException unreadable) {
            throw parameter.fault(rule + ", but " + abbreviated(file) + " cannot be read");
        }
    }

    private static boolean isPair(KeyManagerFactory factory) {
        X509KeyManager keys = (X509KeyManager) factory.getKeyManagers()[0];
        return Stream.of("RSA", "EC")
                .flatMap(type ->
                        Stream.ofNullable(keys.getClientAliases(type, null)).flatMap(Stream::of))
                .anyMatch(
                        alias -> isPair(keys.getPrivateKey(alias), keys.getCertificateChain(alias)[0].getPublicKey()));
    }

    private static boolean isPair(PrivateKey privateKey, PublicKey publicKey) {
        try {
            Signature signature =
                    Signature.getInstance(privateKey.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA");
            signature.initSign(privateKey);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            return signature.verify(signed);
        } catch (GeneralSecurityException unusable) {
            return false;
        }
    }

    private static String abbreviated(Path file) {
        return "'" + InvalidSettingException.abbreviated(file.toString()) + "'";
    }
}
