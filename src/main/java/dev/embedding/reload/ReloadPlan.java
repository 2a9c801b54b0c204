package dev.embedding.reload;

import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.SettingKey;
import dev.embedding.support.Names;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Plan of the steps that bring changed settings into force. */
public sealed interface ReloadPlan {

    /** Settings that need a newly loaded model. */
    Set<SettingKey> REQUIRING_LOAD = Set.of(
            SettingKey.MODEL_NAME,
            SettingKey.DEVICE,
            SettingKey.MODEL_CACHE_DIR,
            SettingKey.PRECISION,
            SettingKey.MODEL_FILE,
            SettingKey.POOLING,
            SettingKey.QUERY_PROMPT,
            SettingKey.DOCUMENT_PROMPT);

    /** Settings that are applied at once, without loading. */
    Set<SettingKey> APPLIED_AT_ONCE = Set.of(
            SettingKey.MAX_BATCH_SIZE,
            SettingKey.CORS_ORIGINS,
            SettingKey.NORMALIZE_EMBEDDINGS,
            SettingKey.MODEL_ALIASES,
            SettingKey.DIMENSIONS,
            SettingKey.REQUIRED_SPACE);

    /** Changed settings, such as {@code device: cpu → auto}. */
    List<String> reasons();

    /** Nothing to do but to record the settings. */
    record Keep(List<String> reasons) implements ReloadPlan {}

    /** The model stays and is retuned at once. */
    record Retune(List<String> reasons) implements ReloadPlan {}

    /** A model must be loaded. */
    record Replace(List<String> reasons) implements ReloadPlan {}

    /** A pure function. */
    static ReloadPlan between(ServiceSettings running, ServiceSettings target) {
        Set<SettingKey> changed = EnumSet.noneOf(SettingKey.class);
        for (SettingKey key : SettingKey.values()) {
            if (!Objects.equals(running.values().get(key), target.values().get(key))) {
                changed.add(key);
            }
        }
        List<String> reasons = changed.stream()
                .map(key -> key.key() + ": " + displayed(running.values().get(key)) + " → "
                        + displayed(target.values().get(key)))
                .toList();
        if (changed.stream().anyMatch(REQUIRING_LOAD::contains)) {
            return new Replace(reasons);
        }
        return changed.stream().anyMatch(APPLIED_AT_ONCE::contains) ? new Retune(reasons) : new Keep(reasons);
    }

    private static String displayed(@Nullable Object value) {
        String text = Names.onOneLine(String.valueOf(value));
        return text.isEmpty() ? "none" : text;
    }
}
