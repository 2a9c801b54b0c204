package dev.embedding.serving.cache;

import dev.embedding.serving.model.Input;
import dev.embedding.support.Sha256;
import dev.embedding.support.Utf8Text;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/**
 * Cache key: the SHA-256 of a text or its token ids, the vector space, the prompt and the scope. So the size of an
 * entry does not depend on its text, no text stays in memory, and nobody can construct texts that collide in the hash
 * table.
 */
record TextKey(long first, long second, long third, long fourth) {

    /** Computes the keys of one request's texts. */
    static final class Hasher {

        private static final int IDS_PER_UPDATE = 1_024;

        private final MessageDigest digest = Sha256.digest();
        private final byte[] beginning;

        Hasher(String fingerprint, String prompt, String scope) {
            update(Utf8Text.of(fingerprint));
            update(Utf8Text.of(prompt));
            update(Utf8Text.of(scope));
            beginning = digest.digest();
        }

        TextKey of(Input input) {
            digest.update(beginning);
            if (input instanceof Input.Text text) {
                update(text.text());
            } else if (input instanceof Input.TokenIds tokens) {
                update(tokens.ids());
            }
            ByteBuffer hash = ByteBuffer.wrap(digest.digest());
            return new TextKey(hash.getLong(), hash.getLong(), hash.getLong(), hash.getLong());
        }

        /** Adds the length of a part and its bytes. */
        private void update(Utf8Text part) {
            digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, part.length()));
            part.update(digest);
        }

        /** Adds ids after a length that no text has, so that ids never equal a text. */
        private void update(int[] ids) {
            ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES * IDS_PER_UPDATE);
            bytes.putInt(-1);
            for (int id : ids) {
                if (!bytes.hasRemaining()) {
                    digest.update(bytes.flip());
                    bytes.clear();
                }
                bytes.putInt(id);
            }
            digest.update(bytes.flip());
        }
    }
}
