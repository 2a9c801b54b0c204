package dev.embedding.infer.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.embedding.fixture.ReferenceModel;
import dev.embedding.infer.GraphOutput;
import dev.embedding.infer.GraphSource;
import dev.embedding.infer.InferenceRuntime;
import dev.embedding.infer.InferenceSession;
import dev.embedding.infer.RunTermination;
import dev.embedding.infer.TokenBatch;
import dev.embedding.infer.TokenVectors;
import dev.embedding.infer.Workspace;
import dev.embedding.infer.architecture.BuiltGraph;
import dev.embedding.infer.quantize.ModelQuantizer.Task;
import dev.embedding.model.file.ModelWeights;
import dev.embedding.vector.Activation;
import dev.embedding.vector.Pooling;
import dev.embedding.vector.Projection;
import dev.embedding.vector.VectorHead;
import dev.embedding.vector.VectorStep;
import dev.embedding.vector.VectorSteps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Quantizes models whose graphs are built from their weights. */
class BuiltModelQuantizerTest {

    private static final InferenceRuntime RUNTIME = new InferenceRuntime();

    private final Path directory;

    BuiltModelQuantizerTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @ParameterizedTest
    @CsvSource({
        "bert-cls-normalize, CLS, false",
        "bert-cls-normalize, CLS, true",
        "distilbert-mean, MEAN, false",
        "electra-mean, MEAN, true",
        "mpnet-mean-normalize, MEAN, false",
        "modernbert-cls, CLS, false",
        "roberta-mean, MEAN, false",
        "xlmr-mean-sharded, MEAN, true",
        "llama-mean, MEAN, false",
        "mistral-lasttoken, LAST_TOKEN, false",
        "qwen2-lasttoken, LAST_TOKEN, true",
        "qwen3-lasttoken, LAST_TOKEN, false",
        "qwen3-lasttoken, LAST_TOKEN, true",
        "qwen3-lasttoken-bf16, LAST_TOKEN, false",
        "qwen3-lasttoken-bf16, LAST_TOKEN, true",
        "qwen3-lasttoken-fp16, LAST_TOKEN, false"
    })
    void computesNearlyTheSameVectors(String name, Pooling pooling, boolean fine) throws IOException, OrtException {
        ReferenceModel model = ReferenceModel.ofWeights(name);

        QuantizedFile quantized = quantized(model, pooling, fine);

        List<float[]> vectors = vectors(quantized.graph(), model.tokenIds());
        for (int text = 0; text < vectors.size(); text++) {
            double cosine = Cosine.of(model.vectors(false).get(text), vectors.get(text));
            assertThat(cosine).as("text %d", text).isGreaterThan(0.98);
        }
    }

    @Test
    void readsNothingButItsTwoFiles(@TempDir Path copy) throws IOException, OrtException {
        ReferenceModel model = ReferenceModel.ofWeights("bert-cls-normalize");
        Path moved = Files.copy(model.directory().resolve("model.safetensors"), copy.resolve("moved.safetensors"));
        QuantizedFile quantized = quantized(model, List.of(moved), head(Pooling.CLS), false);
        List<float[]> before = vectors(quantized.graph(), model.tokenIds());
        Files.delete(moved);

        List<float[]> after = vectors(quantized.graph(), model.tokenIds());

        assertThat(after).usingRecursiveComparison().isEqualTo(before);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactlyInAnyOrder(quantized.graph(), quantized.weights());
        }
    }

    @Test
    void keepsTablesAndUnquantizedWeightsIn16Bits() throws IOException {
        QuantizedFile quantized = quantized(ReferenceModel.ofWeights("qwen3-lasttoken-bf16"), Pooling.LAST_TOKEN, true);

        assertThat(tensors(quantized, DataType.BFLOAT16))
                .containsExactlyInAnyOrder(
                        "embed_tokens.weight", "layers.0.self_attn.o_proj.weight", "layers.0.mlp.down_proj.weight");
        assertThat(tensors(quantized, DataType.INT8)).hasSize(7 * 2 - 2);
    }

    @Test
    void leavesTheModulesBehindThePoolingAsTheyAre() throws IOException {
        ReferenceModel model = ReferenceModel.ofWeights("bert-cls-normalize");
        int width = model.dimension();
        Projection dense = new Projection(
                new float[width * width], new float[width], Activation.TANH, new Projection.NoResidual());
        VectorHead head = new VectorHead(List.of(Pooling.CLS), false, new VectorSteps(List.<VectorStep>of(dense)));

        QuantizedFile quantized = quantized(model, files(model), head, false);

        assertThat(graph(quantized).getNodeList().stream().map(NodeProto::getOpType))
                .containsOnlyOnce("Gemm");
    }

    @Test
    void quantizesAnExportWithLinearLayersOnly(@TempDir Path export) throws IOException, OrtException {
        ReferenceModel model = ReferenceModel.ofWeights("distilbert-mean");
        Path weights = Files.copy(model.directory().resolve("model.safetensors"), export.resolve("model.safetensors"));
        Path file = export.resolve("model.onnx");
        try (ModelWeights read = ModelWeights.open(List.of(weights))) {
            BuiltGraph graph = BuiltGraph.of(
                    ReferenceModel.json(model.directory().resolve("config.json")), read, head(Pooling.MEAN));
            Files.write(file, graph.model().toByteArray());
        }

        QuantizedFile quantized = new ModelQuantizer(RUNTIME, 2)
                .quantize(
                        new Task(new GraphSource.OnnxFile(file), Optional.empty(), false, 0),
                        model.tokenIds(),
                        directory.resolve("model.onnx"),
                        () -> {});

        List<float[]> vectors = vectors(quantized.graph(), model.tokenIds());
        for (int text = 0; text < vectors.size(); text++) {
            assertThat(Cosine.of(model.vectors(false).get(text), vectors.get(text)))
                    .as("text %d", text)
                    .isGreaterThan(0.98);
        }
        assertThat(tensors(quantized, DataType.INT8)).isNotEmpty();
    }

    private static List<String> tensors(QuantizedFile quantized, DataType type) throws IOException {
        return graph(quantized).getInitializerList().stream()
                .filter(tensor -> tensor.getDataType() == type.getNumber() && tensor.getDimsCount() == 2)
                .map(TensorProto::getName)
                .toList();
    }

    private static GraphProto graph(QuantizedFile quantized) throws IOException {
        return ModelProto.parseFrom(Files.readAllBytes(quantized.graph())).getGraph();
    }

    private static VectorHead head(Pooling pooling) {
        return new VectorHead(List.of(pooling), false, VectorSteps.NONE);
    }

    private QuantizedFile quantized(ReferenceModel model, Pooling pooling, boolean fine) throws IOException {
        return quantized(model, files(model), head(pooling), fine);
    }

    private QuantizedFile quantized(ReferenceModel model, List<Path> files, VectorHead head, boolean fine)
            throws IOException {
        GraphSource source =
                new GraphSource.Weights(ReferenceModel.json(model.directory().resolve("config.json")), files, head);
        return new ModelQuantizer(RUNTIME, 2)
                .quantize(
                        new Task(source, Optional.of(head), fine, 0),
                        model.tokenIds(),
                        directory.resolve("model.onnx"),
                        () -> {});
    }

    private static List<Path> files(ReferenceModel model) throws IOException {
        try (Stream<Path> files = Files.list(model.directory())) {
            return files.filter(file -> file.toString().endsWith(".safetensors"))
                    .sorted()
                    .toList();
        }
    }

    private static List<float[]> vectors(Path file, List<int[]> texts) throws OrtException {
        try (SessionOptions options = new SessionOptions()) {
            options.setIntraOpNumThreads(1);
            try (InferenceSession session =
                    InferenceSession.open(RUNTIME, file, options, 0, false, GraphOutput.TEXTS)) {
                return texts.stream().map(ids -> vector(session, ids)).toList();
            }
        }
    }

    private static float[] vector(InferenceSession session, int[] ids) {
        try {
            TokenVectors vectors = session.run(TokenBatch.of(List.of(ids)), new Workspace(), new RunTermination());
            float[] vector = new float[vectors.dimension()];
            vectors.values().get(vector);
            return vector;
        } catch (OrtException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
