package dev.embedding.model.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The table of a StaticEmbedding module: a vector for each token, {@code [tokens, dimension]}. Thread-safe.
 *
 * <p>It is mapped into memory, not read: its pages belong to the system's file cache, and it stays mapped until it is
 * collected. There is no way to unmap it earlier that is safe beside a reader.
 */
public final class TokenVectorTable {

    /** Name of the tensor in sentence-transformers; below, in model2vec. */
    private static final String TENSOR = "embedding.weight";

    private static final String TENSOR_OF_MODEL2VEC = "embeddings";
    /** Model2vec's row of each token, where tokens share rows; below, the factor of each token's vector. */
    private static final String MAPPING = "mapping";

    private static final String WEIGHTS = "weights";

    private final int dimension;
    private final String precision;
    private final Values values;
    private final int[] rows;
    private final float @Nullable [] weights;

    private TokenVectorTable(int dimension, String precision, Values values, int[] rows, float @Nullable [] weights) {
        this.dimension = dimension;
        this.precision = precision;
        this.values = values;
        this.rows = rows;
        this.weights = weights;
    }

    /** Fills an array with the table's values from an index on. */
    private interface Values {
        void read(int start, float[] into);
    }

    /** @throws IOException when the file has no such table */
    public static TokenVectorTable open(Path file) throws IOException {
        Safetensors tensors = Safetensors.open(file);
        boolean ofModel2vec = !tensors.has(TENSOR) && tensors.has(TENSOR_OF_MODEL2VEC);
        String name = ofModel2vec ? TENSOR_OF_MODEL2VEC : TENSOR;
        Safetensors.Tensor table = tensors.tensor(name);
        if (table.shape().length != 2 || table.shape()[0] < 1 || table.shape()[1] < 1) {
            throw new IOException(file.getFileName() + " has " + name + ", but not as a table");
        }
        int[] rows = ofModel2vec && tensors.has(MAPPING)
                ? tensors.integers(MAPPING)
                : IntStream.range(0, table.shape()[0]).toArray();
        for (int row : rows) {
            if (row < 0 || row >= table.shape()[0]) {
                throw new IOException(file.getFileName() + " maps a token to row " + row + ", which is not there");
            }
        }
        float[] weights = ofModel2vec && tensors.has(WEIGHTS) ? tensors.floats(WEIGHTS, rows.length) : null;
        String precision = table.type().bytes() == Short.BYTES ? "fp16" : "fp32";
        return new TokenVectorTable(table.shape()[1], precision, values(table.type(), table.data()), rows, weights);
    }

    private static Values values(FloatType type, ByteBuffer data) {
        if (type == FloatType.F32) {
            FloatBuffer floats = data.asFloatBuffer();
            return floats::get;
        }
        return (start, into) -> {
            for (int index = 0; index < into.length; index++) {
                into[index] = type.read(data, (start + index) * type.bytes());
            }
        };
    }

    /** Number of tokens that have a vector. */
    public int tokens() {
        return rows.length;
    }

    /** {@code fp32} or {@code fp16}. */
    public String precision() {
        return precision;
    }

    public int dimension() {
        return dimension;
    }

    /**
     * Copies a token's vector.
     *
     * @param into {@code [dimension]}
     * @throws IndexOutOfBoundsException when the table has no such token
     */
    public void read(int token, float[] into) {
        values.read(rows[Objects.checkIndex(token, rows.length)] * dimension, into);
        if (weights != null) {
            float weight = weights[token];
            for (int component = 0; component < into.length; component++) {
                into[component] *= weight;
            }
        }
    }
}
