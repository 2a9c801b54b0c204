package dev.embedding.reload;

import dev.embedding.serving.ModelRegistry;
import dev.embedding.serving.RetiredModel;
import dev.embedding.serving.ServingOptions;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.settings.ModelSettings;
import dev.embedding.settings.Setting;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The served models by id, and those that are configured but not served, as the {@link ModelRegistry} shows them to
 * requests. Reading is thread-safe; changes are made by one thread at a time.
 */
final class ServedModels {

    private final ModelRegistry registry;
    private volatile Map<String, Served> served = Map.of();
    private Map<String, ModelSettings> configured = Map.of();

    ServedModels(ModelRegistry registry) {
        this.registry = registry;
    }

    /** Model and the settings that it is served with. */
    record Served(LoadedModel model, ModelSettings settings) {

        RunningModel running() {
            return RunningModel.of(model, settings);
        }
    }

    /**
     * A model that is not served any more.
     *
     * @param isReplaced whether another one is served under its id, which takes over what it has not begun
     */
    record Replaced(RetiredModel model, boolean isReplaced) {}

    /** Names the models that are configured, whether they are served or not. */
    synchronized void configure(Map<String, ModelSettings> models) {
        configured = Map.copyOf(models);
        List<RetiredModel> none = registry.serve(entries(served));
        if (!none.isEmpty()) {
            throw new IllegalStateException("Served models stay when names change");
        }
    }

    Map<String, Served> all() {
        return served;
    }

    Optional<Served> of(String id) {
        return Optional.ofNullable(served.get(id));
    }

    /** The settings that the models are served with, by id. */
    Map<String, ModelSettings> settings() {
        Map<String, ModelSettings> settings = new LinkedHashMap<>();
        served.forEach((id, model) -> settings.put(id, model.settings()));
        return settings;
    }

    /** Serves these models from now on, and no others; returns those that are not served any more. */
    synchronized List<Replaced> serve(Map<String, Served> models) {
        Map<String, Served> before = served;
        served = Collections.unmodifiableMap(sorted(models));
        List<Replaced> replaced = new ArrayList<>();
        for (RetiredModel retired : registry.serve(entries(models))) {
            boolean isReplaced = before.entrySet().stream()
                    .anyMatch(
                            entry -> entry.getValue().model() == retired.model() && models.containsKey(entry.getKey()));
            replaced.add(new Replaced(retired, isReplaced));
        }
        return replaced;
    }

    private static Map<String, Served> sorted(Map<String, Served> models) {
        Map<String, Served> sorted = new TreeMap<>(ReloadPlanner.DEFAULT_FIRST);
        sorted.putAll(models);
        return sorted;
    }

    private Map<String, ModelRegistry.Entry> entries(Map<String, Served> models) {
        Map<String, ModelRegistry.Entry> entries = new HashMap<>();
        configured.forEach((id, settings) -> entries.put(id, entry(settings, Optional.empty())));
        models.forEach((id, model) -> entries.put(id, entry(model.settings(), Optional.of(model.model()))));
        return entries;
    }

    private static ModelRegistry.Entry entry(ModelSettings settings, Optional<LoadedModel> model) {
        return new ModelRegistry.Entry(
                settings.get(Setting.MODEL_NAME),
                model,
                new ServingOptions(
                        settings.get(Setting.NORMALIZE_EMBEDDINGS),
                        settings.get(Setting.MODEL_ALIASES),
                        settings.get(Setting.DIMENSIONS)));
    }
}
