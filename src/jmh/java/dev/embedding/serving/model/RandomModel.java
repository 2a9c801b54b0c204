package dev.embedding.serving.model;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Model of BERT's base width with random weights and another model's tokenizer, for benchmarks: its twelve layers
 * compute four times as much for a token as those of half the width.
 */
final class RandomModel {

    private static final int WIDTH = 768;
    private static final int LAYERS = 12;
    private static final int VOCABULARY = 30_522;
    private static final int POSITIONS = 512;

    /** Shapes of the weights by name, in the order in which the file has them. */
    private final Map<String, int[]> shapes = new LinkedHashMap<>();

    private RandomModel() {
        weight("embeddings.word_embeddings.weight", VOCABULARY, WIDTH);
        weight("embeddings.position_embeddings.weight", POSITIONS, WIDTH);
        weight("embeddings.token_type_embeddings.weight", 2, WIDTH);
        norm("embeddings.LayerNorm");
        for (int layer = 0; layer < LAYERS; layer++) {
            String name = "encoder.layer." + layer + ".";
            dense(name + "attention.self.query", WIDTH, WIDTH);
            dense(name + "attention.self.key", WIDTH, WIDTH);
            dense(name + "attention.self.value", WIDTH, WIDTH);
            dense(name + "attention.output.dense", WIDTH, WIDTH);
            norm(name + "attention.output.LayerNorm");
            dense(name + "intermediate.dense", 4 * WIDTH, WIDTH);
            dense(name + "output.dense", WIDTH, 4 * WIDTH);
            norm(name + "output.LayerNorm");
        }
    }

    /** Writes the model into a directory, unless it is there. */
    static void write(Path directory, Path tokenizer) throws IOException {
        Path weights = directory.resolve("model.safetensors");
        if (Files.exists(weights)) {
            return;
        }
        Files.createDirectories(directory);
        Files.copy(tokenizer, directory.resolve("tokenizer.json"), StandardCopyOption.REPLACE_EXISTING);
        Files.writeString(
                directory.resolve("config.json"), """
                {"model_type": "bert", "hidden_size": %d, "num_hidden_layers": %d, "num_attention_heads": 12, \
                "intermediate_size": %d, "hidden_act": "gelu", "layer_norm_eps": 1e-12, "max_position_embeddings": %d, \
                "position_embedding_type": "absolute", "type_vocab_size": 2, "vocab_size": %d, "pad_token_id": 0}
                """.formatted(WIDTH, LAYERS, 4 * WIDTH, POSITIONS, VOCABULARY));
        Path incomplete = directory.resolve("model.incomplete");
        new RandomModel().writeWeights(incomplete);
        Files.move(incomplete, weights);
    }

    private void dense(String name, int outputs, int inputs) {
        weight(name + ".weight", outputs, inputs);
        weight(name + ".bias", outputs);
    }

    private void norm(String name) {
        weight(name + ".weight", WIDTH);
        weight(name + ".bias", WIDTH);
    }

    private void weight(String name, int... shape) {
        shapes.put(name, shape);
    }

    private void writeWeights(Path file) throws IOException {
        byte[] header = header().getBytes(StandardCharsets.UTF_8);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            out.write(ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(header.length)
                    .array());
            out.write(header);
            Random random = new Random(7);
            for (Map.Entry<String, int[]> weight : shapes.entrySet()) {
                boolean isNorm = weight.getKey().endsWith("LayerNorm.weight");
                ByteBuffer values = ByteBuffer.allocate(Float.BYTES * size(weight.getValue()))
                        .order(ByteOrder.LITTLE_ENDIAN);
                while (values.hasRemaining()) {
                    values.putFloat(isNorm ? 1 : 0.07f * (random.nextFloat() - 0.5f));
                }
                out.write(values.array());
            }
        }
    }

    private String header() {
        long offset = 0;
        Map<String, String> entries = new LinkedHashMap<>();
        for (Map.Entry<String, int[]> weight : shapes.entrySet()) {
            long end = offset + (long) Float.BYTES * size(weight.getValue());
            String shape =
                    IntStream.of(weight.getValue()).mapToObj(Integer::toString).collect(Collectors.joining(","));
            entries.put(
                    weight.getKey(),
                    "{\"dtype\":\"F32\",\"shape\":[%s],\"data_offsets\":[%d,%d]}".formatted(shape, offset, end));
            offset = end;
        }
        return entries.entrySet().stream()
                .map(entry -> "\"" + entry.getKey() + "\":" + entry.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static int size(int[] shape) {
        return IntStream.of(shape).reduce(1, Math::multiplyExact);
    }
}
