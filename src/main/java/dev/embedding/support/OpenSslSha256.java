package dev.embedding.support;

import com.sun.jna.IntegerType;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * SHA-256 computed by the system's OpenSSL, with the processor's instructions for it. Java's own needs the second
 * compiler to use them, and hashes a tenth as fast without.
 */
final class OpenSslSha256 extends MessageDigest {

    private static final int BYTES = 32;
    private static final int BUFFER = 1 << 16;
    private static final List<String> NAMES = List.of("libcrypto.so.3", "libcrypto.so.1.1");
    private static final Cleaner CLEANER = Cleaner.create(DaemonThreads.named("digest-cleaner"));
    private static final Optional<Crypto> CRYPTO = load();

    private final Crypto crypto;
    private final Pointer context;
    /** Bytes of the heap go through it. */
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);

    private OpenSslSha256(Crypto crypto) {
        super("SHA-256");
        this.crypto = crypto;
        Pointer created = crypto.EVP_MD_CTX_new();
        this.context = created;
        Cleaner.Cleanable unused = CLEANER.register(this, () -> crypto.EVP_MD_CTX_free(created));
        engineReset();
    }

    /** A new digest, or empty where the library is missing. */
    static Optional<MessageDigest> create() {
        return CRYPTO.map(OpenSslSha256::new);
    }

    /** Versioned names only: macOS ends a process that loads the name without version. */
    private static Optional<Crypto> load() {
        if (!Platform.isLinux()) {
            return Optional.empty();
        }
        for (String name : NAMES) {
            try {
                Crypto crypto = Native.load(name, Crypto.class);
                new OpenSslSha256(crypto).digest();
                return Optional.of(crypto);
            } catch (LinkageError | IllegalStateException missing) {
                System.getLogger(OpenSslSha256.class.getName())
                        .log(System.Logger.Level.DEBUG, "{0} is not used: {1}", name, missing.getMessage());
            }
        }
        return Optional.empty();
    }

    @Override
    protected void engineReset() {
        call(() -> crypto.EVP_DigestInit_ex(context, crypto.EVP_sha256(), Pointer.NULL));
    }

    @Override
    protected void engineUpdate(byte input) {
        engineUpdate(new byte[] {input}, 0, 1);
    }

    @Override
    protected void engineUpdate(byte[] input, int offset, int length) {
        for (int from = offset; from < offset + length; from += BUFFER) {
            int count = Math.min(BUFFER, offset + length - from);
            buffer.clear().put(input, from, count).flip();
            engineUpdate(buffer);
        }
    }

    @Override
    protected void engineUpdate(ByteBuffer input) {
        if (input.isDirect()) {
            Pointer start = Native.getDirectBufferPointer(input).share(input.position());
            call(() -> crypto.EVP_DigestUpdate(context, start, new SizeT(input.remaining())));
            input.position(input.limit());
        } else {
            super.engineUpdate(input);
        }
    }

    @Override
    protected byte[] engineDigest() {
        byte[] hash = new byte[BYTES];
        call(() -> crypto.EVP_DigestFinal_ex(context, hash, Pointer.NULL));
        engineReset();
        return hash;
    }

    @Override
    protected int engineGetDigestLength() {
        return BYTES;
    }

    private void call(IntSupplier function) {
        try {
            if (function.getAsInt() != 1) {
                throw new IllegalStateException("OpenSSL cannot compute SHA-256");
            }
        } finally {
            Reference.reachabilityFence(this); // INVARIANT: the context is not freed while OpenSSL uses it.
        }
    }

    /** Functions of OpenSSL's {@code evp.h}; they return 1 on success. */
    interface Crypto extends Library {

        Pointer EVP_MD_CTX_new();

        void EVP_MD_CTX_free(Pointer context);

        @Nullable
        Pointer EVP_sha256();

        int EVP_DigestInit_ex(Pointer context, @Nullable Pointer type, @Nullable Pointer engine);

        int EVP_DigestUpdate(Pointer context, Pointer bytes, SizeT count);

        int EVP_DigestFinal_ex(Pointer context, byte[] hash, @Nullable Pointer length);
    }

    /** C's {@code size_t}. */
    public static final class SizeT extends IntegerType {

        private static final long serialVersionUID = 1;

        public SizeT() {
            this(0);
        }

        SizeT(long value) {
            super(Native.SIZE_T_SIZE, value, true);
        }
    }
}
