package dev.embedding.http.edge;

import dev.embedding.serving.FailureKind;
import dev.embedding.serving.RequestFailure;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.ZipException;

/** Decompresses a received body, within the limits of uncompressed ones. */
final class BodyDecompression {

    private static final int BLOCK_BYTES = 64 << 10;

    private final long maxBytes;
    private final InflightBytes.Claim claim;
    private final Runnable checkpoint;

    /**
     * @param claim counts the memory of the decompressed body
     * @param checkpoint called for each block; may throw to abort the work
     */
    BodyDecompression(long maxBytes, InflightBytes.Claim claim, Runnable checkpoint) {
        this.maxBytes = maxBytes;
        this.claim = claim;
        this.checkpoint = checkpoint;
    }

    /**
     * @throws RequestFailure when the body does not match its coding, is too large, or there is no room for it
     */
    Body inflate(Body compressed, ContentCoding coding) {
        Body inflated = new Body(0);
        byte[] block = new byte[BLOCK_BYTES];
        try (InputStream bytes = coding.decoded(compressed.stream())) {
            for (int count = bytes.read(block); count >= 0; count = bytes.read(block)) {
                checkpoint.run();
                append(inflated, block, count);
            }
            return inflated;
        } catch (EOFException | ZipException malformed) {
            throw RequestFailure.of(
                    FailureKind.MALFORMED_REQUEST, "The body does not match its Content-Encoding, or is truncated.");
        } catch (IOException impossible) {
            throw new IllegalStateException("Memory can be read", impossible);
        }
    }

    private void append(Body inflated, byte[] block, int count) {
        if ((long) inflated.length() + count > maxBytes) {
            throw BodyReceiver.tooLarge(maxBytes);
        }
        int allocated = inflated.allocated();
        inflated.append(block, count);
        if (!claim.take(inflated.allocated() - allocated)) {
            throw InflightBytes.refusal();
        }
    }
}
