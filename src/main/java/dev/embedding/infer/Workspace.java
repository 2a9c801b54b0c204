package dev.embedding.infer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;

/**
 * Direct buffers for the tensors of one run at a time. A model keeps a pool of workspaces, so that no off-heap memory
 * is allocated for each batch. The buffers grow to the largest batch seen. Not thread-safe.
 */
public final class Workspace {

    private ByteBuffer ids = allocate(0);
    private ByteBuffer mask = allocate(0);
    private ByteBuffer types = allocate(0);
    private ByteBuffer positions = allocate(0);
    private ByteBuffer output = allocate(0);

    /** Token ids, {@code [rows, longest]}, short rows filled with the padding id on the right. */
    LongBuffer ids(TokenBatch batch, int padTokenId) {
        ids = atLeast(ids, (long) batch.paddedTokens() * Long.BYTES);
        LongBuffer tensor = longs(ids, batch);
        for (int[] row : batch.rows()) {
            for (int id : row) {
                tensor.put(id);
            }
            fill(tensor, padTokenId, batch.longest() - row.length);
        }
        return tensor.flip();
    }

    /** 1 for a token, 0 for padding. */
    LongBuffer mask(TokenBatch batch) {
        mask = atLeast(mask, (long) batch.paddedTokens() * Long.BYTES);
        LongBuffer tensor = longs(mask, batch);
        for (int[] row : batch.rows()) {
            fill(tensor, 1, row.length);
            fill(tensor, 0, batch.longest() - row.length);
        }
        return tensor.flip();
    }

    /** All zero: every text is one segment. */
    LongBuffer types(TokenBatch batch) {
        types = atLeast(types, (long) batch.paddedTokens() * Long.BYTES); // never written, so it stays zero
        return longs(types, batch);
    }

    /** For each row how many of its first tokens the pooling leaves out. */
    LongBuffer skipped(TokenBatch batch) {
        LongBuffer tensor = LongBuffer.allocate(batch.rows().size());
        batch.skipped().forEach(tensor::put);
        return tensor.rewind();
    }

    /** Each token's position in its row, counted from 0. */
    LongBuffer positions(TokenBatch batch) {
        positions = atLeast(positions, (long) batch.paddedTokens() * Long.BYTES);
        LongBuffer tensor = longs(positions, batch);
        for (int row = 0; row < batch.rows().size(); row++) {
            for (int position = 0; position < batch.longest(); position++) {
                tensor.put(position);
            }
        }
        return tensor.flip();
    }

    /** A buffer for the given number of vectors. */
    FloatBuffer output(int vectors, int dimension) {
        long floats = (long) vectors * dimension;
        output = atLeast(output, floats * Float.BYTES);
        return output.asFloatBuffer().limit(Math.toIntExact(floats));
    }

    private static LongBuffer longs(ByteBuffer buffer, TokenBatch batch) {
        return buffer.asLongBuffer().limit(batch.paddedTokens());
    }

    private static void fill(LongBuffer tensor, long value, int count) {
        for (int index = 0; index < count; index++) {
            tensor.put(value);
        }
    }

    private static ByteBuffer atLeast(ByteBuffer buffer, long bytes) {
        return buffer.capacity() >= bytes ? buffer : allocate(Math.toIntExact(bytes));
    }

    private static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }
}
