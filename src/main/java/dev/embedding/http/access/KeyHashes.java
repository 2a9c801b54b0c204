package dev.embedding.http.access;

import dev.embedding.support.Sha256;
import dev.embedding.support.config.UnfitSecretException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.spi.Converter;

/** SHA-256 hashes of keys: no key stays in memory in plain text, and comparison takes the same time for each. */
public final class KeyHashes {

    static final KeyHashes NONE = new KeyHashes(List.of());

    private static final String COMMENT = "#";
    private static final String BYTE_ORDER_MARK = "\uFEFF";
    private static final Pattern KEY = Pattern.compile("[!-~&&[^#]][!-~]*");
    private static final int ID_BYTES = 4;

    private final List<byte[]> hashes;

    private KeyHashes(List<byte[]> hashes) {
        this.hashes = hashes;
    }

    /**
     * Parses keys that are separated by commas.
     *
     * @throws IllegalArgumentException when one has other than visible ASCII characters, or begins a comment; it does
     *     not name the key
     */
    static KeyHashes of(String list) {
        return new KeyHashes(keys(list).map(KeyHashes::hash).toList());
    }

    /**
     * Parses the text of a file: keys separated by commas or lines. A line that begins with {@code #} is a comment.
     *
     * @throws IllegalArgumentException as {@link #of}, naming the line by its number
     */
    static KeyHashes ofLines(String text) {
        List<String> lines = (text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text)
                .lines()
                .toList();
        List<byte[]> hashes = new ArrayList<>();
        for (int line = 0; line < lines.size(); line++) {
            String content = lines.get(line).strip();
            if (content.startsWith(COMMENT)) {
                continue;
            }
            try {
                keys(content).map(KeyHashes::hash).forEach(hashes::add);
            } catch (IllegalArgumentException fault) {
                throw new IllegalArgumentException("line " + (line + 1) + ": " + fault.getMessage(), fault);
            }
        }
        return new KeyHashes(List.copyOf(hashes));
    }

    private static Stream<String> keys(String list) {
        List<String> keys = Arrays.stream(list.split(","))
                .map(String::strip)
                .filter(key -> !key.isEmpty())
                .toList();
        if (!keys.stream().allMatch(key -> KEY.matcher(key).matches())) {
            throw new IllegalArgumentException(
                    "a key has white space within it, characters other than visible ASCII, or begins with " + COMMENT);
        }
        return keys.stream();
    }

    KeyHashes and(KeyHashes others) {
        List<byte[]> all = new ArrayList<>(hashes);
        all.addAll(others.hashes);
        return new KeyHashes(List.copyOf(all));
    }

    boolean isEmpty() {
        return hashes.isEmpty();
    }

    int size() {
        return hashes.size();
    }

    /** Id of a key, if it is one of these. */
    Optional<String> idOf(String key) {
        byte[] hash = hash(key);
        boolean known = false;
        for (byte[] each : hashes) {
            known |= MessageDigest.isEqual(each, hash); // INVARIANT: all are compared, in constant time.
        }
        return known ? Optional.of(HexFormat.of().formatHex(hash, 0, ID_BYTES)) : Optional.empty();
    }

    private static byte[] hash(String key) {
        return Sha256.digest().digest(key.getBytes(StandardCharsets.UTF_8));
    }

    /** Converter of the keys of a variable. An empty list could open the service to everybody by mistake. */
    public static final class OfVariable implements Converter<KeyHashes> {

        static final String RULE =
                "one or more keys, comma-separated, of visible ASCII characters other than $ and \\, none with # in front";

        /** Quarkus replaces expressions with them. */
        private static final Pattern IN_EXPRESSIONS = Pattern.compile("[$\\\\]");

        /** @throws UnfitSecretException when there is no key, or one is not valid; it does not name the key */
        @Override
        public KeyHashes convert(String list) {
            if (list.isBlank()) {
                throw new IllegalArgumentException("must be " + RULE); // SmallRye Config tries it where nothing is set.
            }
            try {
                KeyHashes keys = of(list);
                if (!keys.isEmpty() && !IN_EXPRESSIONS.matcher(list).find()) {
                    return keys;
                }
            } catch (IllegalArgumentException invalid) {
                // Reported by the exception below.
            }
            throw new UnfitSecretException("Keys must be " + RULE);
        }
    }
}
