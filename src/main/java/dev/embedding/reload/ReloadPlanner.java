package dev.embedding.reload;

import dev.embedding.settings.ModelSettings;
import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.Setting;
import dev.embedding.settings.Setting.Effect;
import dev.embedding.settings.SettingValues;
import dev.embedding.support.Names;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Turns the models that run and the settings that are wanted into an ordered list of {@link Step}s, which {@link
 * ReloadExecutor} executes. Pure functions: nothing is loaded, asked or logged here.
 */
final class ReloadPlanner {

    private ReloadPlanner() {}

    /** Steps after which the wanted settings are in force, as far as they can be; none when they are. By model id. */
    static List<Step> plan(Map<String, RunningModel> running, Map<String, ModelSettings> wanted) {
        List<Step> steps = new ArrayList<>();
        new TreeMap<>(wanted).forEach((id, settings) -> {
            RunningModel model = running.get(id);
            if (model == null) {
                steps.add(new Step.Add(id, settings, List.of("no model is loaded")));
            } else {
                steps.addAll(plan(id, model, settings));
            }
        });
        return List.copyOf(steps);
    }

    private static List<Step> plan(String id, RunningModel running, ModelSettings wanted) {
        if (running.fault().isPresent()) {
            return List.of(new Step.Replace(id, wanted, List.of(running.fault().get())));
        }
        if (needReload(running.settings().changedIn(wanted))) {
            return List.of(new Step.Replace(id, wanted, reasons(running.settings(), wanted)));
        }
        Optional<String> mismatch = running.spaceMismatch(wanted);
        if (mismatch.isPresent()) {
            List<Step> steps = new ArrayList<>(List.of(new Step.Refuse(id, mismatch.get())));
            steps.addAll(retune(id, running.settings(), withoutReload(running, wanted)));
            return steps;
        }
        return retune(id, running.settings(), wanted);
    }

    private static List<Step> retune(String id, ModelSettings current, ModelSettings wanted) {
        List<String> reasons = reasons(current, wanted);
        return reasons.isEmpty() ? List.of() : List.of(new Step.Retune(id, wanted, reasons));
    }

    /**
     * Steps that remain where a model that is wanted cannot be loaded: the running one stays, and everything else is
     * followed. A model that is broken is replaced by itself.
     */
    static List<Step> planWithoutReload(Map<String, RunningModel> running, Map<String, ModelSettings> wanted) {
        Map<String, ModelSettings> possible = new TreeMap<>();
        running.forEach((id, model) -> {
            ModelSettings settings = wanted.get(id);
            if (settings != null) {
                possible.put(id, withoutReload(model, settings));
            }
        });
        return plan(running, possible);
    }

    /** The most of the wanted settings that the running model can be served with in the space that is required. */
    private static ModelSettings withoutReload(RunningModel running, ModelSettings wanted) {
        ModelSettings current = running.settings();
        ModelSettings sameModel = wanted.with(current, settingsThatNeedReload());
        ModelSettings sameVectors = sameModel.with(current, Set.of(Setting.NORMALIZE_EMBEDDINGS));
        ModelSettings sameSpace = sameVectors.with(current, Set.of(Setting.REQUIRED_SPACE));
        return Stream.of(sameModel, sameVectors, sameSpace)
                .filter(settings -> running.spaceMismatch(settings).isEmpty())
                .findFirst()
                .orElse(current);
    }

    /**
     * Settings that a requested change leads to. Whatever else is stored and is not in force, because it cannot be or
     * not yet, is no matter of the change.
     *
     * @param changed settings that the change names
     * @param stored settings as they will be stored
     */
    static ServiceSettings afterChange(
            Set<Setting<?>> changed, ServiceSettings stored, Map<String, RunningModel> running) {
        if (needReload(changed)) {
            return stored;
        }
        Set<Setting<?>> others = new HashSet<>(settingsThatNeedReload());
        others.addAll(Set.of(Setting.NORMALIZE_EMBEDDINGS, Setting.REQUIRED_SPACE));
        others.removeAll(changed);
        Map<String, ModelSettings> models = new TreeMap<>(stored.models());
        models.replaceAll((id, settings) -> {
            RunningModel model = running.get(id);
            return model == null ? settings : settings.with(model.settings(), others);
        });
        return stored.withModels(models);
    }

    /**
     * Steps of a requested change. While no model can be loaded, a change that does not concern this does not wait for
     * another attempt to load it.
     */
    static List<Step> planChange(
            Set<Setting<?>> changed, Map<String, RunningModel> running, Map<String, ModelSettings> wanted) {
        boolean concernsLoading = changed.contains(Setting.REQUIRED_SPACE) || needReload(changed);
        List<Step> steps = plan(running, wanted);
        return concernsLoading
                ? steps
                : steps.stream().filter(step -> !(step instanceof Step.Add)).toList();
    }

    private static boolean needReload(Set<Setting<?>> changed) {
        return changed.stream().anyMatch(ReloadPlanner::needsReload);
    }

    private static boolean needsReload(Setting<?> setting) {
        return setting.effect() == Effect.RELOAD;
    }

    private static Collection<Setting<?>> settingsThatNeedReload() {
        return Setting.all().stream().filter(ReloadPlanner::needsReload).toList();
    }

    /** One for each setting that differs. */
    private static List<String> reasons(ModelSettings before, ModelSettings after) {
        return before.changedIn(after).stream()
                .map(setting -> setting.key() + ": " + displayed(setting, before.values()) + " → "
                        + displayed(setting, after.values()))
                .toList();
    }

    private static String displayed(Setting<?> setting, SettingValues values) {
        String text = Names.onOneLine(values.shown(setting).toString());
        return text.isEmpty() ? "none" : text;
    }
}
