package dev.embedding.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoredSettingsTest {

    private static final ServiceSettings ENVIRONMENT = SampleSettings.ONE;
    private static final ServiceSettings LAST_GOOD = SampleSettings.OTHER;

    @Test
    void isTheEnvironmentWithoutStoredRows() {
        assertThat(StoredSettings.of(List.of(), ENVIRONMENT, LAST_GOOD, AllowedModels.ALL))
                .isEqualTo(new StoredSettings(ENVIRONMENT, Set.of(), Set.of(), List.of(), List.of()));
    }

    @Test
    void readsEveryKey() {
        StoredSettings stored = read(
                row("host", "127.0.0.1"),
                row("port", " 9001 "),
                row("model_name", " b/model"),
                row("model_cache_dir", "./cache"),
                row("device", "AUTO"),
                row("normalize_embeddings", "off"),
                row("max_batch_size", "064"),
                row("cors_origins", "[\"https://a\"]"),
                row("precision", "INT8"),
                row("model_file", " onnx/model_O3.onnx"),
                row("pooling", " LastToken "),
                row("query_prompt", "query: "),
                row("document_prompt", "passage: "),
                row("max_input_tokens", "0256"),
                row("model_aliases", "b,text-embedding-3-small"),
                row("dimensions", "[128, 256]"),
                row("lane_share", "4"),
                row("required_space", " 0123456789abcdef0123456789abcdef "));

        assertThat(stored.settings()).isEqualTo(LAST_GOOD);
        assertThat(stored.stored())
                .containsExactlyInAnyOrderElementsOf(
                        Setting.all().stream().map(SettingKey::of).toList());
        assertThat(stored.faults()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "NULL",
            value = {
                "normalize_embeddings | maybe",
                "max_batch_size | 0",
                "max_batch_size | 1025",
                "port | 80",
                "device | gpu",
                "cors_origins | [\"https://a\"",
                "cors_origins | []",
                "model_name | '  '",
                "model_cache_dir | ''",
                "precision | ''",
                "precision | fp8",
                "model_file | ../model.onnx",
                "model_file | NULL",
                "pooling | median",
                "pooling | NULL",
                "query_prompt | NULL",
                "document_prompt | caf\uFFFD",
                "max_input_tokens | 7",
                "max_input_tokens | ''",
                "required_space | 0123",
                "required_space | NULL",
                "max_batch_size | NULL",
                "model_name | NULL"
            })
    void aBadRowKeepsItsKeysLastGoodValueAndBlocksNoOther(String name, @Nullable String value) {
        Setting<?> key = Setting.of(name).orElseThrow();
        StoredSettings stored = read(row(key.key(), value), row("host", "10.0.0.1"));

        assertThat(stored.settings().values().shown(key))
                .isEqualTo(LAST_GOOD.values().shown(key));
        assertThat(stored.settings().get(Setting.HOST)).isEqualTo("10.0.0.1");
        assertThat(stored.stored()).containsExactly(SettingKey.of(Setting.HOST));
        assertThat(stored.bad()).containsExactly(SettingKey.of(key));
        assertThat(stored.faultsOf(ServiceSettings.DEFAULT_MODEL))
                .containsExactly(
                        key.key() + " must be " + key.rule() + ", not '" + (value == null ? "NULL" : value) + "'");
    }

    @Test
    void anEmptyRowMeansNoneWhateverTheEnvironmentSays() {
        List<StoredRow> rows = List.of(
                row("model_file", ""),
                row("pooling", ""),
                row("query_prompt", ""),
                row("document_prompt", ""),
                row("required_space", " "));

        StoredSettings stored =
                StoredSettings.of(rows, /* environment= */ LAST_GOOD, /* lastGood= */ ENVIRONMENT, AllowedModels.ALL);

        assertThat(stored.faults()).isEmpty();
        assertThat(stored.settings().get(Setting.MODEL_FILE)).isEmpty();
        assertThat(stored.settings().get(Setting.POOLING)).isEmpty();
        assertThat(stored.settings().get(Setting.QUERY_PROMPT)).isEmpty();
        assertThat(stored.settings().get(Setting.DOCUMENT_PROMPT)).isEmpty();
        assertThat(stored.settings().get(Setting.REQUIRED_SPACE)).isEmpty();
        assertThat(stored.settings().get(Setting.PRECISION)).isEqualTo("int8");
    }

    @Test
    void keepsThePromptsAsTheyAreStored() {
        StoredSettings stored =
                read(row("query_prompt", " \tquery:\n "), row("document_prompt", "\"in quotes\" \u00a0"));

        assertThat(stored.settings().get(Setting.QUERY_PROMPT)).isEqualTo(" \tquery:\n ");
        assertThat(stored.settings().get(Setting.DOCUMENT_PROMPT)).isEqualTo("\"in quotes\" \u00a0");
        assertThat(hash(row("query_prompt", "query: "))).isNotEqualTo(hash(row("query_prompt", "query:")));
    }

    @Test
    void ignoresAnUnknownKeyWithAWarning() {
        StoredSettings stored = read(row("colour", "green"), row("Port", "9001"), row("k".repeat(300), null));

        assertThat(stored.settings()).isEqualTo(ENVIRONMENT);
        assertThat(stored.faults()).isEmpty();
        assertThat(stored.warnings())
                .containsExactly(
                        "'colour' is no setting; its row is ignored",
                        "'Port' is no setting; its row is ignored",
                        "'" + "k".repeat(80) + "…' is no setting; its row is ignored");
    }

    @Test
    void acceptsLongValuesAndShowsTheBeginningOfBadOnes() {
        String name = "m".repeat(2048);

        StoredSettings stored = read(row("model_name", name), row("port", "9".repeat(2048)));

        assertThat(stored.settings().get(Setting.MODEL_NAME)).isEqualTo(name);
        assertThat(stored.faultsOf(ServiceSettings.DEFAULT_MODEL))
                .containsExactly("port must be a whole number from 1024 to 65535, not '" + "9".repeat(80) + "…'");
    }

    @Test
    void hashesStoredRowsInAnyOrder() {
        assertThat(hash(row("port", "1"), row("host", "a")))
                .isEqualTo(hash(row("host", "a"), row("port", "1")))
                .matches("[0-9a-f]{64}");
    }

    @Test
    void hashesDifferentContentsDifferently() {
        assertThat(List.of(
                        hash(),
                        hash(row("host", null)),
                        hash(row("host", "")),
                        hash(row("host", "=")),
                        hash(row("host", "a")),
                        hash(row("hosta", "")),
                        hash(row("hos", "ta")),
                        hash(row("host", "b")),
                        hash(row("host", "a"), row("port", null)),
                        hash(row("host", "a4:port0:")),
                        hash(row("host", "a"), row("port", ""))))
                .doesNotHaveDuplicates();
    }

    private static StoredRow row(String key, @Nullable String value) {
        return new StoredRow(key, value);
    }

    private static StoredSettings read(StoredRow... rows) {
        return StoredSettings.of(Arrays.asList(rows), ENVIRONMENT, LAST_GOOD, AllowedModels.ALL);
    }

    private static String hash(StoredRow... rows) {
        return StoredSettings.contentHash(Arrays.asList(rows));
    }
}
