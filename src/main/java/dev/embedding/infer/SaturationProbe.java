package dev.embedding.infer;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import com.google.protobuf.ByteString;
import dev.embedding.infer.onnx.Nodes;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Tests whether the engine sums products of unsigned and signed bytes exactly on this processor. Processors without
 * dot-product instructions for them (x86 before VNNI) use 16 bits, which saturate; products of two unsigned bytes are
 * exact everywhere, but slower. The probe runs a multiplication; it does not look up the processor.
 */
final class SaturationProbe {

    private static final int SIZE = 64;
    private static final int EXACT = SIZE * 255 * 127;

    private SaturationProbe() {}

    static boolean areExact(OrtEnvironment environment) throws OrtException {
        byte[] ones = new byte[SIZE * SIZE];
        Arrays.fill(ones, (byte) 255);
        ByteBuffer values = ByteBuffer.allocateDirect(ones.length).put(ones).flip();
        try (OrtSession session = session(environment);
                OnnxTensor input =
                        OnnxTensor.createTensor(environment, values, new long[] {SIZE, SIZE}, OnnxJavaType.UINT8);
                OrtSession.Result result = session.run(Map.of("values", input))) {
            IntBuffer sums = ((OnnxTensor) result.get(0)).getIntBuffer();
            while (sums.hasRemaining()) {
                if (sums.get() != EXACT) {
                    return false;
                }
            }
            return true;
        }
    }

    private static OrtSession session(OrtEnvironment environment) throws OrtException {
        try (SessionOptions options = new SessionOptions()) {
            options.setIntraOpNumThreads(1);
            return environment.createSession(multiplication().toByteArray(), options);
        }
    }

    private static ModelProto multiplication() {
        byte[] largest = new byte[SIZE * SIZE];
        Arrays.fill(largest, (byte) 127);
        TensorProto weights = TensorProto.newBuilder()
                .setName("weights")
                .setDataType(TensorProto.DataType.INT8.getNumber())
                .addAllDims(List.of((long) SIZE, (long) SIZE))
                .setRawData(ByteString.copyFrom(largest))
                .build();
        return ModelProto.newBuilder()
                .setIrVersion(7)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(11))
                .setGraph(GraphProto.newBuilder()
                        .setName("signed_products")
                        .addInput(declared("values", TensorProto.DataType.UINT8))
                        .addInitializer(weights)
                        .addNode(Nodes.node("MatMulInteger", List.of("values", "weights"), "sums"))
                        .addOutput(declared("sums", TensorProto.DataType.INT32)))
                .build();
    }

    private static ValueInfoProto declared(String name, TensorProto.DataType type) {
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder().setElemType(type.getNumber())))
                .build();
    }
}
