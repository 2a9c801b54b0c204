package dev.embedding.http.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** Keys as their SHA-256 hashes: no key is kept in memory, and comparing takes as long for each. */
final class KeyHashes {

    static final KeyHashes NONE = new KeyHashes(List.of());

    private static final Pattern SEPARATOR = Pattern.compile("[,\\s]+");
    private static final Pattern VISIBLE = Pattern.compile("[!-~]+");

    private final List<byte[]> hashes;

    private KeyHashes(List<byte[]> hashes) {
        this.hashes = hashes;
    }

    /**
     * @param text keys, separated by commas or white space
     * @throws IllegalArgumentException when a key has other than visible ASCII characters; it does not name the key
     */
    static KeyHashes of(String text) {
        List<String> keys = Arrays.stream(SEPARATOR.split(text))
                .filter(key -> !key.isEmpty())
                .toList();
        if (!keys.stream().allMatch(key -> VISIBLE.matcher(key).matches())) {
            throw new IllegalArgumentException("a key has characters other than visible ASCII");
        }
        return new KeyHashes(keys.stream().map(KeyHashes::hash).toList());
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

    /** Whether the key is one of these. */
    boolean contain(String key) {
        byte[] hash = hash(key);
        boolean known = false;
        for (byte[] each : hashes) {
            known |= MessageDigest.isEqual(each, hash); // INVARIANT: all are compared, in constant time.
        }
        return known;
    }

    private static byte[] hash(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
