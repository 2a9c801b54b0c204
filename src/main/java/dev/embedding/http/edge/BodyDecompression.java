package dev.embedding.http.edge;

import dev.embedding.http.edge.failure.RequestRejectedException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.ZipException;

/** Decodes a body that was received compressed, within the limits that hold for one that is not. */
final class BodyDecompression {

    private static final int BLOCK_BYTES = 64 << 10;
    private static final int MALFORMED = 400;

    private final long maxBytes;
    private final InflightBytes.Claim claim;
    private final Runnable checkpoint;

    /**
     * @param claim what is inflated is claimed before it is kept
     * @param checkpoint called now and then; may throw to end the work
     */
    BodyDecompression(long maxBytes, InflightBytes.Claim claim, Runnable checkpoint) {
        this.maxBytes = maxBytes;
        this.claim = claim;
        this.checkpoint = checkpoint;
    }

    /** @throws RequestRejectedException 400 when it is not of its coding, 413 or 429 when there is too much in it */
    Body inflate(Body compressed, ContentCoding coding) {
        Body inflated = new Body(0);
        byte[] block = new byte[BLOCK_BYTES];
        try (InputStream bytes = coding.decoded(compressed.stream())) {
            for (int count = bytes.read(block); count >= 0; count = bytes.read(block)) {
                checkpoint.run();
                keep(inflated, block, count);
            }
            return inflated;
        } catch (EOFException | ZipException malformed) {
            throw new RequestRejectedException(
                    MALFORMED, "The body is not what its Content-Encoding says, or ends too soon.");
        } catch (IOException impossible) {
            throw new IllegalStateException("Memory can be read", impossible);
        }
    }

    private void keep(Body inflated, byte[] block, int count) {
        if ((long) inflated.length() + count > maxBytes) {
            throw new RequestRejectedException(BodyReceiver.tooLarge(maxBytes));
        }
        int allocated = inflated.allocated();
        inflated.append(block, count);
        if (!claim.take(inflated.allocated() - allocated)) {
            throw new RequestRejectedException(InflightBytes.REFUSAL);
        }
    }
}
