package dev.embedding.reload;

import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.SettingKey;
import dev.embedding.support.Names;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Plan of bringing other settings into force: keep, retune or replace the model. */
public sealed interface ReloadPlan {

    /** Settings that only a newly loaded model follows. */
    Set<SettingKey> OF_THE_MODEL = Set.of(
            SettingKey.MODEL_NAME,
            SettingKey.DEVICE,
            SettingKey.MODEL_CACHE_DIR,
            SettingKey.PRECISION,
            SettingKey.MODEL_FILE,
            SettingKey.POOLING,
            SettingKey.QUERY_PROMPT,
            SettingKey.DOCUMENT_PROMPT);

    /** Settings that are followed at once. */
    Set<SettingKey> AT_ONCE = Set.of(
            SettingKey.MAX_BATCH_SIZE,
            SettingKey.CORS_ORIGINS,
            SettingKey.NORMALIZE_EMBEDDINGS,
            SettingKey.MODEL_ALIASES,
            SettingKey.DIMENSIONS,
            SettingKey.REQUIRED_SPACE);

    /** What changes, as {@code device: cpu → auto}. */
    List<String> reasons();

    /** Nothing, except to know what is stored. */
    record Keep(List<String> reasons) implements ReloadPlan {}

    /** The model stays and follows at once. */
    record Retune(List<String> reasons) implements ReloadPlan {}

    /** Another model has to be loaded. */
    record Replace(List<String> reasons) implements ReloadPlan {}

    /** A pure function. */
    static ReloadPlan between(ServiceSettings running, ServiceSettings wanted) {
        Set<SettingKey> changed = EnumSet.noneOf(SettingKey.class);
        for (SettingKey key : SettingKey.values()) {
            if (!Objects.equals(running.values().get(key), wanted.values().get(key))) {
                changed.add(key);
            }
        }
        List<String> reasons = changed.stream()
                .map(key -> key.key() + ": " + shown(running.values().get(key)) + " → "
                        + shown(wanted.values().get(key)))
                .toList();
        if (changed.stream().anyMatch(OF_THE_MODEL::contains)) {
            return new Replace(reasons);
        }
        return changed.stream().anyMatch(AT_ONCE::contains) ? new Retune(reasons) : new Keep(reasons);
    }

    private static String shown(@Nullable Object value) {
        String text = Names.onOneLine(String.valueOf(value));
        return text.isEmpty() ? "none" : text;
    }
}
