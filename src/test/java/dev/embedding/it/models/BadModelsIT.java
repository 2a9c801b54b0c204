package dev.embedding.it.models;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.embedding.fixture.ReferenceVectors;
import dev.embedding.fixture.ServiceProcess;
import dev.embedding.it.load.SteadyCaller;
import dev.embedding.it.settings.Following;
import dev.embedding.model.file.SafetensorsFile;
import dev.embedding.model.layout.ModelCopy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Checks that the last good model serves whatever is wrong with the requested one, and that recovery needs no restart.
 */
@Tag("thorough")
class BadModelsIT {

    private static final String GOOD =
            ReferenceVectors.MODELS.resolve("bert-cls-normalize").toString();
    private static final String OTHER =
            ReferenceVectors.MODELS.resolve("distilbert-mean").toString();

    private static Path models;
    private static ServiceProcess service;

    @BeforeAll
    static void start(@TempDir Path directory) {
        models = directory;
        service = ServiceProcess.configure()
                .with("EMBEDDING_MODEL_NAME", GOOD)
                .with("EMBEDDING_DEVICE", "cpu")
                .with("EMBEDDING_SETTINGS_FILE", "settings.txt")
                .with("EMBEDDING_SETTINGS_POLL_INTERVAL", "1s")
                .ready();
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    enum Damage {
        MISSING("is neither a local directory nor"),
        EMPTY("modules.json"),
        TRUNCATED("model.onnx"),
        WRONG_SHAPE("shape"),
        OTHER_TOKENIZER("golden check"),
        TOO_FEW_POSITIONS("a text of 200 tokens cannot be computed"),
        TOO_SMALL_A_TABLE("but tokenizer.json has ids up to"),
        GIVES_NAN("golden check");

        private final String fault;

        Damage(String fault) {
            this.fault = fault;
        }
    }

    @ParameterizedTest
    @EnumSource(Damage.class)
    void keepsServingTheLastGoodModel(Damage damage) throws IOException {
        wants(GOOD);
        Following.awaitModel(service, GOOD);
        Following.awaitHealthy(service);
        try (SteadyCaller caller = SteadyCaller.of(service)) {
            Path bad = models.resolve(damage.name());
            damaged(damage, bad);

            wants(bad.toString());

            Following.awaitFault(service, "model_fault", damage.fault);
            assertThat(Following.servedModel(service)).isEqualTo(GOOD);
            assertThat(service.client().get("/q/health/ready").status()).isEqualTo(200);

            wants(OTHER);

            Following.awaitModel(service, OTHER);
            Following.awaitHealthy(service);
            caller.awaitAnswer();
        }
    }

    private static void wants(String model) throws IOException {
        Files.writeString(service.directory().resolve("settings.txt"), "model_name=" + model + "\n");
    }

    private static void damaged(Damage damage, Path model) throws IOException {
        Path weights = model.resolve("onnx").resolve("model.onnx");
        switch (damage) {
            case MISSING -> {}
            case EMPTY -> Files.createDirectories(model);
            case TRUNCATED -> {
                ModelCopy.of("bert-cls-normalize", model);
                byte[] content = Files.readAllBytes(weights);
                Files.write(weights, Arrays.copyOf(content, content.length / 2));
            }
            case WRONG_SHAPE -> {
                ModelCopy.of("bert-cls-normalize", model);
                Files.write(weights, withOutputOfRankTwo());
            }
            case OTHER_TOKENIZER -> {
                ModelCopy.of("bert-cls-normalize", model);
                Files.copy(
                        ReferenceVectors.MINI_LM.resolve("tokenizer.json"),
                        model.resolve("tokenizer.json"),
                        StandardCopyOption.REPLACE_EXISTING);
            }
            case TOO_FEW_POSITIONS -> {
                ModelCopy.of("bert-cls-normalize", model);
                Files.writeString(
                        model.resolve("config.json"), "{\"model_type\": \"bert\", \"max_position_embeddings\": 512}");
                Files.writeString(model.resolve("sentence_bert_config.json"), "{\"max_seq_length\": 200}");
            }
            case TOO_SMALL_A_TABLE -> {
                ModelCopy.of("static-embedding", model);
                String header =
                        "{\"embedding.weight\": {\"dtype\": \"F32\", \"shape\": [9, 1], \"data_offsets\": [0, 36]}}";
                Files.write(model.resolve("model.safetensors"), SafetensorsFile.of(header, new byte[36]));
            }
            case GIVES_NAN -> {
                ModelCopy.of("bert-cls-normalize", model);
                Files.write(weights, withNan(Files.readAllBytes(weights)));
            }
        }
    }

    /** A graph whose only output is one vector for each text, under the name of one for each token. */
    private static byte[] withOutputOfRankTwo() throws IOException {
        byte[] content = Files.readAllBytes(ReferenceVectors.MODELS
                .resolve("bert-sentence-embedding-output")
                .resolve("onnx")
                .resolve("model.onnx"));
        ModelProto.Builder model = ModelProto.parseFrom(content).toBuilder();
        GraphProto.Builder graph = model.getGraphBuilder();
        graph.getOutputBuilderList()
                .forEach(output -> output.setName(output.getName().replace("sentence_embedding", "last_hidden_state")));
        for (NodeProto.Builder node : graph.getNodeBuilderList()) {
            for (int output = 0; output < node.getOutputCount(); output++) {
                node.setOutput(output, node.getOutput(output).replace("sentence_embedding", "last_hidden_state"));
            }
        }
        return model.build().toByteArray();
    }

    /** Every float weight of the model becomes NaN. */
    private static byte[] withNan(byte[] content) throws IOException {
        ModelProto.Builder model = ModelProto.parseFrom(content).toBuilder();
        GraphProto.Builder graph = model.getGraphBuilder();
        for (TensorProto.Builder tensor : graph.getInitializerBuilderList()) {
            if (tensor.getDataType() == TensorProto.DataType.FLOAT.getNumber()) {
                ByteBuffer floats =
                        ByteBuffer.allocate(tensor.getRawData().size()).order(ByteOrder.LITTLE_ENDIAN);
                while (floats.hasRemaining()) {
                    floats.putFloat(Float.NaN);
                }
                tensor.setRawData(ByteString.copyFrom(floats.array()));
            }
        }
        return model.build().toByteArray();
    }
}
