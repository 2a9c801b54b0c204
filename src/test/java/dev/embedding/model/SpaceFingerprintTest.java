package dev.embedding.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.fixture.ReferenceModel;
import dev.embedding.model.layout.ModelCopy;
import dev.embedding.model.locate.NoHub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpaceFingerprintTest {

    /** A trailing field that an ONNX file may have. */
    private static final String DOC_STRING = "2\u0001x";

    private static final String MODEL = "distilbert-mean";

    @Test
    void isThirtyTwoHexadecimalDigits(@TempDir Path directory) throws IOException {
        SpaceFingerprint fingerprint = fingerprint(ModelCopy.of(MODEL, directory));

        assertThat(fingerprint.value(true)).matches("[0-9a-f]{32}");
        assertThat(fingerprint.ofWeights()).matches("[0-9a-f]{32}");
    }

    @Test
    void isTheSameForTheSameFilesInAnotherDirectory(@TempDir Path here, @TempDir Path there) throws IOException {
        SpaceFingerprint first = fingerprint(ModelCopy.of(MODEL, here));
        SpaceFingerprint second = fingerprint(ModelCopy.of(MODEL, there));

        assertThat(second.value(true)).isEqualTo(first.value(true));
        assertThat(second.value(false)).isEqualTo(first.value(false));
        assertThat(second.ofWeights()).isEqualTo(first.ofWeights());
    }

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "special_tokens_map.json", "onnx/other.onnx", "onnx/model_quantized.onnx"})
    void ignoresFilesThatDoNotAffectVectors(String file, @TempDir Path directory) throws IOException {
        ModelCopy.of(MODEL, directory);
        String before = fingerprint(directory).value(true);

        Files.writeString(directory.resolve(file), "{\"a\": 1}");

        assertThat(fingerprint(directory).value(true)).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"onnx/model.onnx", "tokenizer.json"})
    void changesWithTheContentOfAFile(String file, @TempDir Path directory) throws IOException {
        ModelCopy.of(MODEL, directory);
        SpaceFingerprint before = fingerprint(directory);

        Files.writeString(directory.resolve(file), DOC_STRING, StandardOpenOption.APPEND);

        SpaceFingerprint after = fingerprint(directory);
        assertThat(after.value(true)).isNotEqualTo(before.value(true));
        assertThat(after.value(false)).isNotEqualTo(before.value(false));
        assertThat(after.ofWeights().equals(before.ofWeights())).isEqualTo(file.equals("tokenizer.json"));
    }

    @Test
    void changesWithExternalWeights(@TempDir Path directory) throws IOException {
        ModelCopy.of("bert-mean-external-data", directory);
        SpaceFingerprint before = fingerprint(directory);

        Files.writeString(directory.resolve("onnx/model.onnx_data"), " ", StandardOpenOption.APPEND);

        assertThat(fingerprint(directory).value(true)).isNotEqualTo(before.value(true));
        assertThat(fingerprint(directory).ofWeights()).isNotEqualTo(before.ofWeights());
    }

    @Test
    void changesWithThePooling(@TempDir Path directory) throws IOException {
        ModelCopy.of(MODEL, directory);
        SpaceFingerprint before = fingerprint(directory);

        Files.writeString(directory.resolve("1_Pooling/config.json"), "{\"pooling_mode\": \"cls\"}");

        assertThat(fingerprint(directory).value(true)).isNotEqualTo(before.value(true));
        assertThat(fingerprint(directory).ofWeights()).isEqualTo(before.ofWeights());
    }

    @Test
    void changesWithTheMaximumLength(@TempDir Path directory) throws IOException {
        ModelCopy.of(MODEL, directory);
        SpaceFingerprint before = fingerprint(directory);

        Files.writeString(directory.resolve("sentence_bert_config.json"), "{\"max_seq_length\": 63}");

        assertThat(fingerprint(directory).value(true)).isNotEqualTo(before.value(true));
    }

    @Test
    void changesWithNormalisationUnlessTheModelNormalisesAnyway(@TempDir Path plain, @TempDir Path normalizing)
            throws IOException {
        SpaceFingerprint ofPlain = fingerprint(ModelCopy.of(MODEL, plain));
        SpaceFingerprint ofNormalizing = fingerprint(ModelCopy.of("bert-cls-normalize", normalizing));

        assertThat(ofPlain.value(true)).isNotEqualTo(ofPlain.value(false));
        assertThat(ofNormalizing.value(true)).isEqualTo(ofNormalizing.value(false));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "config_sentence_transformers.json | {'prompts': {'query': 'find: '}}",
                "config_sentence_transformers.json | {'prompts': {'a': 'b'}, 'default_prompt_name': 'a'}",
                "sentence_bert_config.json | {'max_seq_length': 64, 'do_lower_case': true}",
                "1_Pooling/config.json | {'pooling_mode_mean_tokens': true, 'include_prompt': false}",
                "tokenizer_config.json | {'truncation_side': 'left'}"
            })
    void changesWithTextPreprocessing(String file, String content, @TempDir Path directory) throws IOException {
        ModelCopy.of(MODEL, directory);
        SpaceFingerprint before = fingerprint(directory);

        Files.writeString(directory.resolve(file), content.replace('\'', '"'));

        assertThat(fingerprint(directory).value(true)).isNotEqualTo(before.value(true));
        assertThat(fingerprint(directory).ofWeights()).isEqualTo(before.ofWeights());
    }

    @Test
    void changesWithTheOperatorsPrompts(@TempDir Path directory) throws IOException {
        ModelCopy.of(MODEL, directory);
        String name = directory.toString();
        SpaceFingerprint before = fingerprint(directory);

        SpaceFingerprint after = fingerprint(NoHub.locator()
                .locate(new ModelRequest(
                        name,
                        Optional.empty(),
                        Precision.FP32,
                        Optional.empty(),
                        Optional.empty(),
                        "query: ",
                        "",
                        InputLimits.NONE)));

        assertThat(after.value(true)).isNotEqualTo(before.value(true));
    }

    @Test
    void changesWithThePrecision(@TempDir Path directory) throws IOException {
        ModelCopy.of(MODEL, directory);
        SpaceFingerprint before = fingerprint(directory);
        byte[] other = Files.readAllBytes(ReferenceModel.of("bert-mean-fp16").weights());
        Files.write(directory.resolve("onnx/model_fp16.onnx"), other);

        SpaceFingerprint after = fingerprint(NoHub.locator()
                .locate(new ModelRequest(
                        directory.toString(),
                        Optional.empty(),
                        Precision.FP16,
                        Optional.empty(),
                        Optional.empty(),
                        "",
                        "",
                        InputLimits.NONE)));

        assertThat(after.value(true)).isNotEqualTo(before.value(true));
    }

    private static SpaceFingerprint fingerprint(Path directory) throws IOException {
        return fingerprint(NoHub.locator().locate(ModelRequest.of(directory.toString())));
    }

    private static SpaceFingerprint fingerprint(ModelDescription model) throws IOException {
        return SpaceFingerprint.of(model, new FileHashes());
    }
}
