package dev.embedding.bench;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.List;

/** Direct buffers of one caller for the tensors of its runs, large enough for its largest batch. Not thread-safe. */
final class RowBuffers {

    private final int dimension;
    private final LongBuffer ids;
    private final LongBuffer mask;
    private final LongBuffer types;
    private final FloatBuffer output;

    RowBuffers(List<RowBatch> batches, int dimension) {
        int tokens = batches.stream().mapToInt(RowBatch::paddedTokens).max().orElseThrow();
        this.dimension = dimension;
        ids = direct(tokens * Long.BYTES).asLongBuffer();
        mask = direct(tokens * Long.BYTES).asLongBuffer();
        types = direct(tokens * Long.BYTES).asLongBuffer(); // stays zero: every text is one segment
        output = direct(tokens * dimension * Float.BYTES).asFloatBuffer();
    }

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    /** Writes the rows, padded on the right to the longest, and sets every buffer's limit to what they take. */
    void fill(RowBatch batch) {
        int longest = batch.longest();
        ids.clear();
        mask.clear();
        for (Text row : batch.rows()) {
            ids.put(row.ids());
            for (int column = 0; column < longest; column++) {
                mask.put(column < row.tokens() ? 1 : 0);
            }
            for (int column = row.tokens(); column < longest; column++) {
                ids.put(0);
            }
        }
        ids.flip();
        mask.flip();
        types.limit(ids.limit());
        output.limit(ids.limit() * dimension);
    }

    LongBuffer ids() {
        return ids;
    }

    LongBuffer mask() {
        return mask;
    }

    LongBuffer types() {
        return types;
    }

    FloatBuffer output() {
        return output;
    }
}
