package dev.embedding;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Certificates with their private keys, made by the JDK's keytool, as files in PEM. */
public final class TestCertificates {

    private static final String PASSWORD = "for-this-test";

    private final Path directory;

    /** @param directory that the files are written to */
    public TestCertificates(Path directory) {
        this.directory = directory;
    }

    /** An authority, and further ones. */
    public TestCertificates authority(String name) {
        return generate(name, "-ext", "bc:critical=ca:true");
    }

    /** A certificate for a host or a user, signed by an authority. */
    public TestCertificates signed(String name, String authority, String alternativeName) {
        return generate(name, "-signer", authority, "-ext", "san=" + alternativeName);
    }

    /** The file of a certificate. */
    public Path certificate(String name) {
        return directory.resolve(name + ".pem");
    }

    /** The file of its private key. */
    public Path key(String name) {
        return directory.resolve(name + ".key");
    }

    private TestCertificates generate(String name, String... more) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                store().toString(),
                "-storepass",
                PASSWORD,
                "-keyalg",
                "RSA",
                "-keysize",
                "2048",
                "-validity",
                "2",
                "-alias",
                name,
                "-dname",
                "CN=" + name));
        command.addAll(List.of(more));
        try {
            String unused = Command.output(new ProcessBuilder(command).redirectErrorStream(false));
            write(name);
            return this;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        } catch (GeneralSecurityException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private void write(String name) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream input = new FileInputStream(store().toFile())) {
            store.load(input, PASSWORD.toCharArray());
        }
        pem(certificate(name), "CERTIFICATE", store.getCertificate(name).getEncoded());
        pem(key(name), "PRIVATE KEY", store.getKey(name, PASSWORD.toCharArray()).getEncoded());
    }

    private Path store() {
        return directory.resolve("certificates.p12");
    }

    private static void pem(Path file, String label, byte[] content) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        Files.writeString(
                file,
                "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n",
                StandardCharsets.US_ASCII);
    }
}
