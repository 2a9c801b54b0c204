package dev.embedding.serving.cache;

import dev.embedding.serving.model.EmbeddingInput;
import dev.embedding.support.Sha256;
import dev.embedding.support.Utf8Text;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/**
 * Stands for a text, or the tokens that it is given as, under a vector space, a prompt and a scope: the SHA-256 of all. So an
 * entry's size does not depend on its text, no text stays in memory, and nobody can make up texts that fall into one place
 * of a hash table.
 */
record TextKey(long first, long second, long third, long fourth) {

    /** Makes the keys of one request's texts. */
    static final class Maker {

        private static final int IDS_AT_ONCE = 1_024;

        private final MessageDigest digest = Sha256.digest();
        private final byte[] beginning;

        Maker(String fingerprint, String prompt, String scope) {
            update(Utf8Text.of(fingerprint));
            update(Utf8Text.of(prompt));
            update(Utf8Text.of(scope));
            beginning = digest.digest();
        }

        TextKey of(EmbeddingInput input) {
            digest.update(beginning);
            if (input instanceof EmbeddingInput.Text text) {
                update(text.text());
            } else if (input instanceof EmbeddingInput.TokenIds tokens) {
                update(tokens.ids());
            }
            ByteBuffer hash = ByteBuffer.wrap(digest.digest());
            return new TextKey(hash.getLong(), hash.getLong(), hash.getLong(), hash.getLong());
        }

        /** Its length and its bytes. */
        private void update(Utf8Text part) {
            digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, part.length()));
            part.update(digest);
        }

        /** Behind what no text has for its length, so that ids are never taken for a text. */
        private void update(int[] ids) {
            ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES * IDS_AT_ONCE);
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
