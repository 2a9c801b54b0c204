package dev.embedding.it.models;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.fixture.Answer;
import dev.embedding.fixture.Await;
import dev.embedding.fixture.GeneratedTexts;
import dev.embedding.fixture.ReferenceModel;
import dev.embedding.fixture.ReferenceVectors;
import dev.embedding.fixture.ServiceProcess;
import dev.embedding.fixture.ServiceStart;
import dev.embedding.it.load.SteadyCaller;
import dev.embedding.it.settings.Following;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Serves precisions that a model ships no file of, quantized from fp32. */
@Tag("thorough")
class QuantizationIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String MAKING = "Quantizing ";
    private static final String SMALL =
            ReferenceVectors.MODELS.resolve("bert-cls-normalize").toString();

    private static Path cache;
    private static ServiceProcess shared;

    @BeforeAll
    static void quantize(@TempDir Path directory) {
        cache = directory;
        shared = start(cache).with("EMBEDDING_SETTINGS_FILE", "settings.json").live();
        awaitReady(shared);
    }

    @AfterAll
    static void stop() {
        shared.close();
    }

    private static ServiceStart start(Path cache) {
        return ServiceProcess.configure()
                .with("EMBEDDING_DEVICE", "cpu")
                .with("EMBEDDING_MODEL_CACHE_DIR", cache.toString())
                .with("EMBEDDING_PRECISION", "int8");
    }

    /** A model that is quantized in a moment, and of whose closeness nothing is asked. */
    private static ServiceStart startSmall(Path cache) {
        return start(cache).with("EMBEDDING_MODEL_NAME", SMALL).with("EMBEDDING_MIN_COSINE", "0");
    }

    private static void awaitReady(ServiceProcess service) {
        Await.until(
                PATIENCE,
                () -> service.client().get("/q/health/ready").status() == 200,
                () -> "The model is not ready:\n" + service.output());
    }

    private static void set(ServiceProcess service, String precision) {
        Answer answer =
                service.client().postJson("/settings", Answer.jsonOf(Map.of("key", "precision", "value", precision)));

        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    }

    private static JsonNode info(ServiceProcess service) {
        return service.client().get("/model/info").json();
    }

    @ParameterizedTest
    @CsvSource({"int8, 0.998, 0.999", "int8-fine, 0.998, 0.9993"})
    void isCloseToTheReferenceAndReportsTheSimilarity(String precision, double least, double mean) {
        set(shared, precision);

        List<ReferenceVectors.Row> rows = ReferenceVectors.ofBgeSmall().rows();
        double sum = 0;
        for (ReferenceVectors.Row row : rows) {
            double cosine = cosine(shared.client().embed(row.text()).vectors().get(0), row.vector());
            assertThat(cosine).as(row.text()).isGreaterThan(0.99);
            sum += cosine;
        }
        assertThat(sum / rows.size()).isGreaterThan(0.998);
        JsonNode info = info(shared);
        assertThat(info.path("precision").textValue()).isEqualTo(precision);
        JsonNode figures = info.path("quantization");
        assertThat(figures.path("recipe").textValue()).isNotBlank();
        assertThat(figures.path("min_cosine").doubleValue()).isGreaterThan(least);
        assertThat(figures.path("mean_cosine").doubleValue()).isGreaterThan(mean);
        assertThat(figures.path("recall_at_10").doubleValue()).isGreaterThan(0.95);
    }

    @ParameterizedTest
    @CsvSource({"int8", "int8-fine"})
    void givesATextTheSameBitsInAnyBatch(String precision) throws Exception {
        set(shared, precision);
        List<String> texts = List.of("a text", "Another text, which is longer than the first one by some words.");
        List<float[]> alone = texts.stream()
                .map(text -> shared.client().embed(text).vectors().get(0))
                .toList();

        ExecutorService callers = Executors.newFixedThreadPool(8);
        try {
            List<Future<Answer>> answers = new ArrayList<>();
            for (int caller = 0; caller < 8; caller++) {
                List<String> many = new ArrayList<>(GeneratedTexts.of(caller == 0 ? 998 : 30, 6, caller));
                many.addAll(many.size() / 2, texts);
                answers.add(callers.submit(() -> shared.client().embed(many)));
            }
            for (Future<Answer> answer : answers) {
                List<float[]> vectors = answer.get().vectors();
                int first = (vectors.size() - 2) / 2;
                assertThat(vectors.get(first)).containsExactly(alone.get(0));
                assertThat(vectors.get(first + 1)).containsExactly(alone.get(1));
            }
        } finally {
            callers.shutdownNow();
        }
    }

    @Test
    void isSwappedInAndOutUnderLoad() {
        set(shared, "fp32");
        String exact = info(shared).path("fingerprint").textValue();

        try (SteadyCaller caller = SteadyCaller.of(shared)) {
            for (String precision : List.of("int8", "fp32", "int8-fine", "int8", "fp32")) {
                set(shared, precision);
                caller.awaitAnswer();
            }
        }

        assertThat(info(shared).path("fingerprint").textValue()).isEqualTo(exact);
        assertThat(info(shared).has("quantization")).isFalse();
    }

    @Test
    void isReusedAtTheNextStart() throws IOException {
        set(shared, "int8");
        String fingerprint = info(shared).path("fingerprint").textValue();
        Map<Path, Long> before = modelsIn(cache);

        try (ServiceProcess service = start(cache).ready()) {
            assertThat(service.output()).doesNotContain(MAKING);
            assertThat(info(service).path("fingerprint").textValue()).isEqualTo(fingerprint);
            assertThat(info(service).path("quantization"))
                    .isEqualTo(info(shared).path("quantization"));
        }
        assertThat(modelsIn(cache)).isEqualTo(before);
    }

    @Test
    void isTheSameInAnotherCacheAndRepairedWhenItIsDamaged(@TempDir Path one, @TempDir Path another)
            throws IOException {
        String text = "the same text";
        String fingerprint;
        float[] vector;
        try (ServiceProcess service = startSmall(one).ready()) {
            fingerprint = info(service).path("fingerprint").textValue();
            vector = service.client().embed(text).vectors().get(0);
        }
        try (ServiceProcess service = startSmall(another).ready()) {
            assertThat(info(service).path("fingerprint").textValue()).isEqualTo(fingerprint);
            assertThat(service.client().embed(text).vectors().get(0)).containsExactly(vector);
        }
        Path model = modelsIn(another).keySet().stream()
                .filter(file -> file.toString().endsWith(".onnx"))
                .findFirst()
                .orElseThrow();
        assertThat(model).hasSameBinaryContentAs(one.resolve(another.relativize(model)));

        byte[] damaged = Files.readAllBytes(model);
        damaged[damaged.length / 2] ^= 1;
        Files.write(model, damaged);
        try (ServiceProcess service = startSmall(another).ready()) {
            assertThat(service.output()).contains("is damaged and made again").contains(MAKING);
            assertThat(service.client().embed(text).vectors().get(0)).containsExactly(vector);
        }
        assertThat(model).hasSameBinaryContentAs(one.resolve(another.relativize(model)));
    }

    @ParameterizedTest
    @CsvSource({
        "weights/bert-cls-normalize, int8, built",
        "weights/xlmr-mean-sharded, int8-fine, built",
        "weights/qwen3-lasttoken-bf16, int8-fine, built",
        "models/bert-mean-external-data, int8, as shipped"
    })
    void isMadeFromWeightsInSeveralFiles(String model, String precision, String graph, @TempDir Path another) {
        Path directory = ReferenceModel.resource("/reference/" + model);
        try (ServiceProcess service = startSmall(another)
                .with("EMBEDDING_MODEL_NAME", directory.toString())
                .with("EMBEDDING_PRECISION", precision)
                .ready()) {
            JsonNode info = info(service);

            assertThat(info.path("graph").textValue()).isEqualTo(graph);
            assertThat(info.path("precision").textValue()).isEqualTo(precision);
            assertThat(info.path("quantization").path("min_cosine").doubleValue())
                    .isGreaterThan(0.97);
            assertThat(service.client().embed("a text").vectors()).hasSize(1);
        }
    }

    @Test
    void isServedFromATemporaryFileWhenTheCacheCannotBeWritten(@TempDir Path another) throws IOException {
        Files.writeString(another.resolve("quantized"), "a file is in the way");
        try (ServiceProcess service = startSmall(another).ready()) {
            assertThat(info(service).path("precision").textValue()).isEqualTo("int8");
            assertThat(service.output()).containsOnlyOnce("the quantized model is made at each start");
        }
    }

    @Test
    void isRefusedBelowTheFloorAndTheRunningModelStays() {
        try (ServiceProcess service = start(cache)
                .with("EMBEDDING_PRECISION", "fp32")
                .with("EMBEDDING_MIN_COSINE", "0.99999")
                .with("EMBEDDING_SETTINGS_FILE", "settings.json")
                .ready()) {
            Answer answer =
                    service.client().postJson("/settings", Answer.jsonOf(Map.of("key", "precision", "value", "int8")));

            assertThat(answer.status()).isNotEqualTo(200);
            assertThat(answer.text())
                    .contains("too far from fp32")
                    .contains("EMBEDDING_MIN_COSINE asks for 0.99999")
                    .contains("int8-fine or fp32");
            assertThat(info(service).path("precision").textValue()).isEqualTo("fp32");
            service.client().embed("still there").vectors().get(0);
        }
    }

    @Test
    void isRefusedBelowTheFloorAtTheStart() {
        try (ServiceProcess service =
                start(cache).with("EMBEDDING_MIN_COSINE", "0.99999").live()) {
            assertThat(Following.modelFault(service)).contains("EMBEDDING_MIN_COSINE asks for 0.99999");
            assertThat(service.client().get("/q/health/ready").status()).isEqualTo(503);
        }
    }

    @Test
    void shutsDownInTimeWhileQuantizing(@TempDir Path another) throws IOException {
        Path abandoned = Files.createDirectory(another.resolve("quantized")).resolve(".of-a-killed-process.tmp");
        Files.createFile(abandoned);
        Files.setLastModifiedTime(abandoned, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
        try (ServiceProcess service = start(another).live()) {
            Await.until(PATIENCE, () -> service.output().contains(MAKING), service::output);

            assertThat(service.stop()).isEqualTo(143);
        }
        assertThat(another.resolve("quantized")).isEmptyDirectory();
    }

    @Test
    @EnabledIf("dev.embedding.it.load.ScarceResourcesIT#canLimitProcesses")
    void isRejectedWithoutSpaceAndTheRunningModelStays(@TempDir Path another) throws Exception {
        try (ServiceProcess service = start(another)
                .with("EMBEDDING_PRECISION", "fp32")
                .with("EMBEDDING_SETTINGS_FILE", "settings.json")
                .ready()) {
            Process limit =
                    new ProcessBuilder("prlimit", "--fsize=8000000:", "--pid", Long.toString(service.pid())).start();
            assertThat(limit.waitFor()).isZero();

            Answer answer =
                    service.client().postJson("/settings", Answer.jsonOf(Map.of("key", "precision", "value", "int8")));

            assertThat(answer.status()).isNotEqualTo(200);
            assertThat(answer.text()).contains("files could not be read or written");
            assertThat(info(service).path("precision").textValue()).isEqualTo("fp32");
            service.client().embed("still there").vectors().get(0);
            assertThat(another.resolve("quantized")).isEmptyDirectory();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "static-embedding | describes a static model",
                "bert-mean-fp16 | only fp32 weights are quantized",
                "onnx-only-quantized | onnx/model.onnx is missing, which precision int8-fine is made of"
            })
    void saysWhyAModelCannotBeQuantized(String model, String reason) {
        try (ServiceProcess service = start(cache)
                .with(
                        "EMBEDDING_MODEL_NAME",
                        ReferenceVectors.MODELS.resolve(model).toString())
                .with("EMBEDDING_PRECISION", "int8-fine")
                .live()) {
            assertThat(Following.modelFault(service)).contains(reason);
        }
    }

    /** With their times. */
    private static Map<Path, Long> modelsIn(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("quantized"))) {
            return files.filter(file -> file.toString().matches(".*\\.(onnx|bin)"))
                    .collect(java.util.stream.Collectors.toMap(file -> file, QuantizationIT::changed));
        }
    }

    private static Long changed(Path file) {
        try {
            return Files.getLastModifiedTime(file).toMillis();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static double cosine(float[] one, float[] other) {
        double product = 0;
        for (int component = 0; component < one.length; component++) {
            product += (double) one[component] * other[component];
        }
        return product;
    }
}
