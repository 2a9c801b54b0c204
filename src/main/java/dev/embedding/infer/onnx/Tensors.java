package dev.embedding.infer.onnx;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;

/** Reads and creates constant tensors of an ONNX graph. */
public final class Tensors {

    /** Key of the name of the file that holds an external tensor. */
    public static final String LOCATION = "location";

    private Tensors() {}

    public static boolean isFloat(TensorProto tensor) {
        return tensor.getDataType() == TensorProto.DataType.FLOAT.getNumber()
                && tensor.getDataLocation() != TensorProto.DataLocation.EXTERNAL;
    }

    /** The numbers of a tensor of floats, without copying them where they are raw. */
    public static FloatBuffer floats(TensorProto tensor) {
        if (tensor.hasRawData()) {
            return tensor.getRawData()
                    .asReadOnlyByteBuffer()
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer();
        }
        FloatBuffer values = FloatBuffer.allocate(tensor.getFloatDataCount());
        tensor.getFloatDataList().forEach(values::put);
        return values.flip();
    }

    /** The numbers of a tensor of 64-bit integers; empty for another one. */
    public static List<Long> integers(TensorProto tensor) {
        if (tensor.getDataType() != TensorProto.DataType.INT64.getNumber()
                || tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
            return List.of();
        }
        if (!tensor.hasRawData()) {
            return tensor.getInt64DataList();
        }
        List<Long> values = new ArrayList<>();
        LongBuffer raw = tensor.getRawData()
                .asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asLongBuffer();
        while (raw.hasRemaining()) {
            values.add(raw.get());
        }
        return values;
    }

    public static TensorProto number(String name, float value) {
        return named(name, TensorProto.DataType.FLOAT).addFloatData(value).build();
    }

    public static TensorProto vector(String name, float[] values) {
        return floats(name, values, values.length);
    }

    public static TensorProto floats(String name, float[] values, long... shape) {
        ByteBuffer raw = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        return shaped(named(name, TensorProto.DataType.FLOAT), shape)
                .setRawData(UnsafeByteOperations.unsafeWrap(raw))
                .build();
    }

    public static TensorProto bytes(String name, boolean signed, byte[] values, long... shape) {
        TensorProto.Builder tensor = named(name, signed ? TensorProto.DataType.INT8 : TensorProto.DataType.UINT8);
        return shaped(tensor, shape)
                .setRawData(UnsafeByteOperations.unsafeWrap(values))
                .build();
    }

    /** A tensor whose values are in a file. */
    public static TensorProto external(
            String name, TensorProto.DataType type, String location, long start, long bytes, long... shape) {
        return shaped(named(name, type), shape)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(entry(LOCATION, location))
                .addExternalData(entry("offset", Long.toString(start)))
                .addExternalData(entry("length", Long.toString(bytes)))
                .build();
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    private static TensorProto.Builder shaped(TensorProto.Builder tensor, long... shape) {
        for (long length : shape) {
            tensor.addDims(length);
        }
        return tensor;
    }

    private static TensorProto.Builder named(String name, TensorProto.DataType type) {
        return TensorProto.newBuilder().setName(name).setDataType(type.getNumber());
    }
}
