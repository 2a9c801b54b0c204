package dev.embedding.infer.quantize;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.embedding.infer.onnx.Tensors;
import dev.embedding.model.file.ModelWeights;
import dev.embedding.model.file.ModelWeights.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** A constant matrix that is read as 32-bit floats, part by part, from where it lies. */
final class StoredMatrix {

    private final int rows;
    private final int columns;
    private final Reader reader;

    private StoredMatrix(int rows, int columns, Reader reader) {
        this.rows = rows;
        this.columns = columns;
        this.reader = reader;
    }

    /** Reads numbers from a place on, in row-major order. */
    @FunctionalInterface
    private interface Reader {
        void read(int start, float[] values, int count);
    }

    /** A matrix of floats inside the graph. */
    static StoredMatrix of(TensorProto tensor) {
        return of(Math.toIntExact(tensor.getDims(0)), Math.toIntExact(tensor.getDims(1)), Tensors.floats(tensor));
    }

    /** @param content its bytes */
    static StoredMatrix of(Tensor tensor, ByteBuffer content) {
        int rows = tensor.shape()[0];
        int columns = tensor.shape()[1];
        ModelWeights.Type type = tensor.type();
        ByteBuffer bytes = content.order(ByteOrder.LITTLE_ENDIAN);
        if (type == ModelWeights.Type.F32) {
            return of(rows, columns, bytes.asFloatBuffer());
        }
        return new StoredMatrix(rows, columns, (start, values, count) -> {
            for (int index = 0; index < count; index++) {
                values[index] = type.read(bytes, (start + index) * type.bytes());
            }
        });
    }

    private static StoredMatrix of(int rows, int columns, FloatBuffer floats) {
        return new StoredMatrix(rows, columns, (start, values, count) -> floats.get(start, values, 0, count));
    }

    int rows() {
        return rows;
    }

    int columns() {
        return columns;
    }

    /** Reads some numbers of a row, from a column on. Thread-safe. */
    void read(int row, int column, float[] values, int count) {
        reader.read(row * columns + column, values, count);
    }
}
