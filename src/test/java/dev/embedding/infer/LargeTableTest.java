package dev.embedding.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.embedding.fixture.ReferenceModel;
import dev.embedding.model.file.ModelWeights;
import dev.embedding.vector.Pooling;
import dev.embedding.vector.VectorHead;
import dev.embedding.vector.VectorSteps;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Serves a table of embeddings of more than 2 GB, which no Java buffer holds, from a sparse file. */
class LargeTableTest {

    private static final ReferenceModel MODEL = ReferenceModel.ofWeights("llama-mean");
    private static final int WIDTH = 32;
    /** The first row that is not zero. */
    private static final int FIRST = 17_000_000;

    private static final String TABLE = "embed_tokens.weight";

    @Test
    void looksUpRowsBeyondTwoGigabytes(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("model.safetensors");
        ObjectNode config = (ObjectNode) ReferenceModel.json(MODEL.directory().resolve("config.json"));
        try (ModelWeights weights = ModelWeights.open(List.of(MODEL.directory().resolve("model.safetensors")))) {
            int rows = FIRST + config.path("vocab_size").intValue();
            config.put("vocab_size", rows);
            write(file, weights, rows);
        }
        VectorHead head = new VectorHead(List.of(Pooling.MEAN), false, VectorSteps.NONE);
        EngineOptions options = new EngineOptions(Device.CPU, 0, Optional.empty(), Optional.empty(), 1, 0);

        try (InferenceEngine engine = InferenceEngine.open(
                new InferenceRuntime(), new GraphSource.Weights(config, List.of(file), head), options)) {
            int[] ids =
                    Arrays.stream(MODEL.tokenIds().get(1)).map(id -> FIRST + id).toArray();
            TokenVectors vectors = engine.run(TokenBatch.of(List.of(ids)), new Workspace(), false, () -> {});

            float[] expected = MODEL.vectors(false).get(1);
            for (int index = 0; index < expected.length; index++) {
                assertThat(vectors.values().get(index)).isCloseTo(expected[index], within(2e-5f));
            }
        }
    }

    /** Writes the weights, the table's rows behind many that are zero and take no space on the disk. */
    private static void write(Path file, ModelWeights weights, int rows) throws IOException {
        ObjectNode header = new ObjectMapper().createObjectNode();
        long end = (long) rows * WIDTH * Float.BYTES;
        describe(header, TABLE, new int[] {rows, WIDTH}, 0, end);
        for (String name : weights.names()) {
            if (!name.equals(TABLE)) {
                ModelWeights.Tensor tensor = weights.tensor(name);
                describe(header, name, tensor.shape(), end, end + tensor.bytes());
                end += tensor.bytes();
            }
        }
        byte[] text = header.toString().getBytes(StandardCharsets.UTF_8);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            int unused = channel.write(length.putLong(text.length).flip(), 0);
            long start = (long) Long.BYTES + text.length;
            unused = channel.write(ByteBuffer.wrap(text), Long.BYTES);
            for (String name : weights.names()) {
                long offset = name.equals(TABLE)
                        ? (long) FIRST * WIDTH * Float.BYTES
                        : header.path(name).path("data_offsets").path(0).longValue();
                unused = channel.write(weights.files().bytes(weights.tensor(name)), start + offset);
            }
        }
    }

    private static void describe(ObjectNode header, String name, int[] shape, long start, long end) {
        ObjectNode tensor = header.putObject(name);
        tensor.put("dtype", "F32");
        Arrays.stream(shape).forEach(tensor.withArray("shape")::add);
        tensor.putArray("data_offsets").add(start).add(end);
    }
}
