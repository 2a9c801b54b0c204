package dev.embedding.reload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.reload.ReloadPlan.Keep;
import dev.embedding.reload.ReloadPlan.Replace;
import dev.embedding.reload.ReloadPlan.Retune;
import dev.embedding.settings.SampleSettings;
import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.SettingKey;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReloadPlanTest {

    private static final ServiceSettings RUNNING = SampleSettings.ONE;
    private static final ServiceSettings OTHER = new ServiceSettings(
            "127.0.0.1",
            8002,
            "b/model",
            "./cache",
            "auto",
            false,
            64,
            List.of("https://a"),
            "int8",
            Optional.of("onnx/model_O3.onnx"),
            Optional.of("lasttoken"),
            "query: ",
            "passage: ",
            List.of("b", "text-embedding-3-small"),
            List.of(128, 256),
            Optional.of("0123456789abcdef0123456789abcdef"));

    @ParameterizedTest
    @CsvSource({
        "MODEL_NAME, Replace, model_name: a/model → b/model",
        "DEVICE, Replace, device: cpu → auto",
        "MODEL_CACHE_DIR, Replace, model_cache_dir: ./model_cache → ./cache",
        "NORMALIZE_EMBEDDINGS, Retune, normalize_embeddings: true → false",
        "MAX_BATCH_SIZE, Retune, max_batch_size: 32 → 64",
        "PRECISION, Replace, precision: fp32 → int8",
        "MODEL_ALIASES, Retune, 'model_aliases: [] → [b, text-embedding-3-small]'",
        "DIMENSIONS, Retune, 'dimensions: [] → [128, 256]'",
        "MODEL_FILE, Replace, model_file: none → onnx/model_O3.onnx",
        "POOLING, Replace, pooling: none → lasttoken",
        "QUERY_PROMPT, Replace, 'query_prompt: none → query: '",
        "DOCUMENT_PROMPT, Replace, 'document_prompt: none → passage: '",
        "REQUIRED_SPACE, Retune, required_space: none → 0123456789abcdef0123456789abcdef",
        "CORS_ORIGINS, Retune, cors_origins: [*] → [https://a]",
        "HOST, Keep, host: 0.0.0.0 → 127.0.0.1",
        "PORT, Keep, port: 8001 → 8002"
    })
    void plansForEverySettingWithItsReason(SettingKey changed, String plan, String reason) {
        ReloadPlan planned = ReloadPlan.between(RUNNING, RUNNING.with(OTHER, Set.of(changed)));

        assertThat(planned.getClass().getSimpleName()).isEqualTo(plan);
        assertThat(planned.reasons()).containsExactly(reason);
    }

    @Test
    void keepsTheRunningModelWhenNothingChanged() {
        assertThat(ReloadPlan.between(RUNNING, RUNNING)).isEqualTo(new Keep(List.of()));
    }

    @Test
    void takesTheMostExtensiveStepOfAllChanges() {
        SettingKey[] keys = SettingKey.values();
        for (int combination = 0; combination < 1 << keys.length; combination++) {
            Set<SettingKey> changed = EnumSet.noneOf(SettingKey.class);
            for (int index = 0; index < keys.length; index++) {
                if ((combination & 1 << index) != 0) {
                    changed.add(keys[index]);
                }
            }

            ReloadPlan plan = ReloadPlan.between(RUNNING, RUNNING.with(OTHER, changed));

            assertThat(plan).as("%s", changed).isInstanceOf(expected(changed));
            assertThat(plan.reasons()).hasSameSizeAs(changed);
        }
    }

    private static Class<? extends ReloadPlan> expected(Set<SettingKey> changed) {
        if (changed.contains(SettingKey.MODEL_NAME)
                || changed.contains(SettingKey.DEVICE)
                || changed.contains(SettingKey.MODEL_CACHE_DIR)
                || changed.contains(SettingKey.PRECISION)
                || changed.contains(SettingKey.MODEL_FILE)
                || changed.contains(SettingKey.POOLING)
                || changed.contains(SettingKey.QUERY_PROMPT)
                || changed.contains(SettingKey.DOCUMENT_PROMPT)) {
            return Replace.class;
        }
        return Set.of(SettingKey.HOST, SettingKey.PORT).containsAll(changed) ? Keep.class : Retune.class;
    }
}
