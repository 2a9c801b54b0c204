package dev.embedding.infer;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import dev.embedding.infer.runtime.InferenceException;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The inputs of a graph: the tokens of a batch, and the empty cache of a decoder that was exported for generating text,
 * whose graph computes the same vectors without one.
 */
final class SessionInputs {

    private static final String INPUT_IDS = "input_ids";
    private static final String ATTENTION_MASK = "attention_mask";
    private static final String TOKEN_TYPE_IDS = "token_type_ids";
    private static final String POSITION_IDS = "position_ids";
    /** For each text how many of its first tokens the graph's pooling leaves out. */
    private static final String SKIPPED_TOKENS = "skipped_tokens";
    /** What names of keys and values of earlier tokens begin with. */
    private static final String CACHE = "past_key_values";
    /** Whether a graph with a branch for each reads its cache. */
    private static final String READS_CACHE = "use_cache_branch";

    /** What names of inputs of a decoder behind an encoder begin with. */
    private static final String DECODER = "decoder_";

    private static final Set<String> OF_TOKENS =
            Set.of(INPUT_IDS, ATTENTION_MASK, TOKEN_TYPE_IDS, POSITION_IDS, SKIPPED_TOKENS);
    private static final Set<OnnxJavaType> INTEGERS = Set.of(OnnxJavaType.INT64, OnnxJavaType.INT32);
    private static final Set<OnnxJavaType> NUMBERS =
            Set.of(OnnxJavaType.FLOAT, OnnxJavaType.FLOAT16, OnnxJavaType.BFLOAT16);
    private static final int CACHE_RANK = 4;

    private final OrtEnvironment environment;
    private final int padTokenId;
    private final Map<String, TensorInfo> declared = new LinkedHashMap<>();

    /**
     * @param padTokenId id that fills the rows of a batch up to the longest
     * @throws InferenceException when the graph requires other inputs
     */
    SessionInputs(OrtEnvironment environment, Map<String, NodeInfo> inputs, int padTokenId) {
        this.environment = environment;
        this.padTokenId = padTokenId;
        inputs.forEach((name, input) -> declared.put(name, supported(name, input)));
        if (!declared.containsKey(INPUT_IDS)) {
            throw new InferenceException("The ONNX model has no input " + INPUT_IDS, null);
        }
    }

    private static TensorInfo supported(String name, NodeInfo input) {
        boolean isCache = name.startsWith(CACHE);
        if (!OF_TOKENS.contains(name) && !isCache && !name.equals(READS_CACHE)) {
            throw new InferenceException(
                    "The ONNX model requires the input " + name + ", which is not supported"
                            + (name.startsWith(DECODER)
                                    ? ": it is an encoder with its decoder; set model_file to its encoder, or export that"
                                            + " alone with --library sentence_transformers"
                                    : ""),
                    null);
        }
        if (!(input.getInfo() instanceof TensorInfo tensor)) {
            throw new InferenceException("The ONNX model's input " + name + " is not a tensor", null);
        }
        if (isCache && !isCache(tensor)) {
            throw new InferenceException(
                    "The ONNX model requires the input " + name + ", which is not of the shape"
                            + " [batch, heads, tokens, width]: export the model with --task feature-extraction",
                    null);
        }
        if (OF_TOKENS.contains(name) && !INTEGERS.contains(tensor.type)) {
            throw new InferenceException("The ONNX model's input " + name + " is not of type INT64 or INT32", null);
        }
        return tensor;
    }

    private static boolean isCache(TensorInfo tensor) {
        long[] shape = tensor.getShape();
        return shape.length == CACHE_RANK && shape[1] > 0 && shape[CACHE_RANK - 1] > 0 && NUMBERS.contains(tensor.type);
    }

    /** The tensors of a batch; for the caller to close. */
    Map<String, OnnxTensor> tensors(TokenBatch batch, Workspace workspace) throws OrtException {
        Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
        try {
            for (Map.Entry<String, TensorInfo> input : declared.entrySet()) {
                tensors.put(input.getKey(), tensor(input.getKey(), input.getValue(), batch, workspace));
            }
            return tensors;
        } catch (OrtException | RuntimeException failure) {
            tensors.values().forEach(OnnxTensor::close);
            throw failure;
        }
    }

    private OnnxTensor tensor(String name, TensorInfo info, TokenBatch batch, Workspace workspace) throws OrtException {
        int rows = batch.rows().size();
        long[] shape = {rows, batch.longest()};
        return switch (name) {
            case INPUT_IDS -> integers(info, workspace.ids(batch, padTokenId), shape);
            case ATTENTION_MASK -> integers(info, workspace.mask(batch), shape);
            case TOKEN_TYPE_IDS -> integers(info, workspace.types(batch), shape);
            case POSITION_IDS -> integers(info, workspace.positions(batch), shape);
            case SKIPPED_TOKENS -> integers(info, workspace.skipped(batch), rows);
            case READS_CACHE -> OnnxTensor.createTensor(environment, new boolean[] {false});
            default -> emptyCache(info, rows);
        };
    }

    private OnnxTensor emptyCache(TensorInfo info, int rows) throws OrtException {
        long[] shape = {rows, info.getShape()[1], 0, info.getShape()[CACHE_RANK - 1]};
        return OnnxTensor.createTensor(environment, ByteBuffer.allocateDirect(0), shape, info.type);
    }

    private OnnxTensor integers(TensorInfo info, LongBuffer values, long... shape) throws OrtException {
        if (info.type == OnnxJavaType.INT64) {
            return OnnxTensor.createTensor(environment, values, shape);
        }
        IntBuffer narrow = IntBuffer.allocate(values.remaining());
        while (values.hasRemaining()) {
            narrow.put(Math.toIntExact(values.get()));
        }
        return OnnxTensor.createTensor(environment, narrow.flip(), shape);
    }
}
