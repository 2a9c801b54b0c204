package dev.embedding.settings;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Reads stored rows, one after the other, to {@link StoredSettings}. Not thread-safe. */
final class StoredRowsReader {

    private final ServiceSettings lastGood;
    private final AllowedModels allowedModels;
    private final Set<String> namesOfEnvironment = new HashSet<>();

    private final SettingValues.Builder values;
    private final Map<String, SettingValues.Builder> further = new HashMap<>();
    private final Set<SettingKey> stored = new HashSet<>();
    private final Set<SettingKey> bad = new LinkedHashSet<>();
    private final List<StoredSettings.Fault> faults = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    StoredRowsReader(ServiceSettings environment, ServiceSettings lastGood, AllowedModels allowedModels) {
        this.lastGood = lastGood;
        this.allowedModels = allowedModels;
        this.values = environment.values().toBuilder();
        environment.further().forEach((id, given) -> further.put(id, given.toBuilder()));
        environment.models().values().forEach(model -> namesOfEnvironment.add(model.get(Setting.MODEL_NAME)));
    }

    void read(StoredRow row) {
        Optional<SettingKey> known = SettingKey.of(row.key());
        if (known.isEmpty()) {
            warnings.add("'" + InvalidSettingException.abbreviated(row.key()) + "' is no setting; its row is ignored");
            return;
        }
        SettingKey key = known.get();
        try {
            String text = text(key.setting(), row);
            requireAllowed(key.setting(), text);
            builder(key.model()).parse(key.setting(), text);
            stored.add(key);
        } catch (InvalidSettingException fault) {
            bad.add(key);
            faults.add(new StoredSettings.Fault(key, key + " " + fault.getMessage()));
        }
    }

    private SettingValues.Builder builder(String model) {
        return model.equals(ServiceSettings.DEFAULT_MODEL)
                ? values
                : further.computeIfAbsent(model, id -> SettingValues.NONE.toBuilder());
    }

    private static String text(Setting<?> setting, StoredRow row) {
        if (row.value() == null) {
            throw new InvalidSettingException("must be " + setting.rule(), "NULL");
        }
        return row.value();
    }

    private void requireAllowed(Setting<?> setting, String text) {
        if (!setting.equals(Setting.MODEL_NAME)) {
            return;
        }
        String name = Setting.MODEL_NAME.parse(text);
        if (!namesOfEnvironment.contains(name) && !allowedModels.allow(name)) {
            throw new InvalidSettingException("must be one of EMBEDDING_ALLOWED_MODELS (" + allowedModels + ")", name);
        }
    }

    StoredSettings result() {
        Set<String> leftOut = new TreeSet<>();
        Map<String, ModelSettings> lastModels = lastGood.models();
        for (SettingKey key : bad) {
            Optional<ModelSettings> last = Optional.ofNullable(lastModels.get(key.model()));
            if (!key.isOfFurtherModel()) {
                values.take(key.setting(), lastGood.values());
            } else if (last.isPresent()) {
                builder(key.model()).take(key.setting(), last.get().values());
            } else {
                leftOut.add(key.model());
            }
        }
        warnAboutModelsWithoutName(leftOut);
        leftOut.forEach(further::remove);
        return new StoredSettings(withoutClashes(settings()), stored, bad, faults, warnings);
    }

    private ServiceSettings settings() {
        Map<String, SettingValues> furtherValues = new HashMap<>();
        further.forEach((id, given) -> furtherValues.put(id, given.build()));
        return new ServiceSettings(values.build(), furtherValues);
    }

    private void warnAboutModelsWithoutName(Set<String> leftOut) {
        further.forEach((id, given) -> {
            boolean hasRows = stored.stream().anyMatch(key -> key.model().equals(id));
            if (hasRows && !leftOut.contains(id) && !given.build().has(Setting.MODEL_NAME)) {
                warnings.add("The settings of the model " + id + " have no effect without "
                        + new SettingKey(id, Setting.MODEL_NAME));
            }
        });
    }

    /** An alias that belongs to an earlier model is none of a later one. */
    private ServiceSettings withoutClashes(ServiceSettings settings) {
        Map<String, ModelSettings> models = settings.models();
        List<AliasClash> clashes = AliasClash.among(models);
        for (AliasClash clash : clashes) {
            SettingKey key = clash.key();
            bad.add(key);
            faults.add(new StoredSettings.Fault(key, key + " " + clash.problem()));
            AliasClash.free(models, clash.model()).ifPresent(freed -> models.put(clash.model(), freed));
        }
        return clashes.isEmpty() ? settings : settings.withModels(models);
    }
}
