package dev.embedding.reload;

import dev.embedding.settings.ModelSettings;
import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.Setting;
import dev.embedding.settings.Setting.Effect;
import dev.embedding.settings.SettingValues;
import dev.embedding.support.Names;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Turns the models that run and the settings that are wanted into an ordered list of {@link StepGroup}s, which {@link
 * ReloadExecutor} executes. Pure functions: nothing is loaded, asked or logged here.
 */
final class ReloadPlanner {

    /** Order of ids: the default one first. */
    static final Comparator<String> DEFAULT_FIRST = Comparator.comparing(
                    (String id) -> !id.equals(ServiceSettings.DEFAULT_MODEL))
            .thenComparing(Comparator.naturalOrder());

    private ReloadPlanner() {}

    /**
     * Steps after which the wanted settings are in force, as far as they can be; none when they are. What needs no
     * loading comes first, so that nothing waits for a download; then the default model.
     *
     * @param running by model id
     * @param wanted by model id
     */
    static List<StepGroup> plan(Map<String, RunningModel> running, Map<String, ModelSettings> wanted) {
        Rebinding rebinding = Rebinding.of(running, wanted);
        List<StepGroup> atOnce = new ArrayList<>();
        List<StepGroup> loads = new ArrayList<>();
        for (String id : sorted(wanted).keySet()) {
            if (!rebinding.isGrouped(id)) {
                steps(id, running, wanted, rebinding)
                        .forEach(step -> (step.loads() ? loads : atOnce).add(StepGroup.of(step)));
            }
        }
        rebinding.groups().forEach(group -> (group.loads() ? loads : atOnce).add(group));
        running.keySet().stream()
                .filter(id -> !wanted.containsKey(id) && !rebinding.isGrouped(id) && !rebinding.isKept(id))
                .sorted()
                .forEach(id -> atOnce.add(StepGroup.of(new Step.Remove(id))));
        loads.sort(Comparator.comparing(
                group -> group.ids().stream().min(DEFAULT_FIRST).orElseThrow(), DEFAULT_FIRST));
        return Stream.of(atOnce, loads).flatMap(List::stream).toList();
    }

    private static <V> Map<String, V> sorted(Map<String, V> byId) {
        Map<String, V> sorted = new TreeMap<>(DEFAULT_FIRST);
        sorted.putAll(byId);
        return sorted;
    }

    private static List<Step> steps(
            String id, Map<String, RunningModel> running, Map<String, ModelSettings> wanted, Rebinding rebinding) {
        ModelSettings settings = wanted.get(id);
        RunningModel model = running.get(id);
        if (settings == null) {
            return List.of();
        }
        Optional<String> refusal = rebinding.refusal(id);
        if (model == null) {
            return List.of(refusal.<Step>map(reason -> new Step.Refuse(id, reason))
                    .orElseGet(() -> new Step.Add(id, settings, List.of("no model is loaded"))));
        }
        if (refusal.isPresent()) {
            return refused(id, refusal.get(), model, settings);
        }
        return steps(id, model, settings);
    }

    private static List<Step> steps(String id, RunningModel running, ModelSettings wanted) {
        if (needsModel(running, wanted)) {
            return List.of(replace(id, running, wanted));
        }
        return running.spaceMismatch(wanted)
                .map(mismatch -> refused(id, mismatch, running, wanted))
                .orElseGet(() -> retune(id, running.settings(), wanted));
    }

    private static List<Step> refused(String id, String reason, RunningModel running, ModelSettings wanted) {
        List<Step> steps = new ArrayList<>(List.of(new Step.Refuse(id, reason)));
        steps.addAll(retune(id, running.settings(), withoutReload(running, wanted)));
        return steps;
    }

    static Step.Replace replace(String id, RunningModel running, ModelSettings wanted) {
        List<String> reasons = running.fault().map(List::of).orElseGet(() -> reasons(running.settings(), wanted));
        return new Step.Replace(id, wanted, reasons);
    }

    private static List<Step> retune(String id, ModelSettings current, ModelSettings wanted) {
        List<String> reasons = reasons(current, wanted);
        return reasons.isEmpty() ? List.of() : List.of(new Step.Retune(id, wanted, reasons));
    }

    /** Whether an id is to be served by another model than the one that runs under it. */
    static boolean needsModel(RunningModel running, ModelSettings wanted) {
        return running.fault().isPresent() || !isSameModel(running, wanted);
    }

    /** Whether the running model is the one that the settings name. */
    static boolean isSameModel(RunningModel running, ModelSettings wanted) {
        return !needReload(running.settings().changedIn(wanted));
    }

    /**
     * Steps that remain where a model that is wanted cannot be loaded: the running one stays, and everything else is
     * followed. A model that is broken is replaced by itself.
     */
    static List<StepGroup> planWithoutReload(Map<String, RunningModel> running, Map<String, ModelSettings> wanted) {
        Map<String, RunningModel> kept = new TreeMap<>(running);
        kept.keySet().retainAll(wanted.keySet());
        Map<String, ModelSettings> possible = new TreeMap<>(wanted);
        possible.keySet().retainAll(kept.keySet());
        possible.replaceAll((id, settings) -> {
            RunningModel model = kept.get(id);
            return model == null ? settings : withoutReload(model, settings);
        });
        return plan(kept, possible);
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
     * Steps of a requested change. Whatever else is stored and is not in force, because it cannot be or not yet, is no
     * matter of the change: other models stay as they are, and while a model cannot be loaded, a change that does not
     * concern this does not wait for another attempt to load it.
     *
     * @param changed settings that the change concerns, by model id
     * @param stored settings as they will be stored
     */
    static List<StepGroup> planChange(
            Map<String, Set<Setting<?>>> changed,
            Map<String, RunningModel> running,
            Map<String, ModelSettings> stored) {
        Map<String, ModelSettings> wanted = new TreeMap<>();
        running.forEach((id, model) -> {
            if (!changed.containsKey(id)) {
                wanted.put(id, model.settings());
            }
        });
        changed.forEach((id, settings) -> {
            ModelSettings after = stored.get(id);
            if (after != null) {
                afterChange(settings, after, Optional.ofNullable(running.get(id)))
                        .ifPresent(possible -> wanted.put(id, possible));
            }
        });
        return plan(running, wanted).stream()
                .filter(group -> group.ids().stream().anyMatch(changed::containsKey))
                .toList();
    }

    /** The settings that a change leads to; empty where a model is not loaded and the change is none of loading. */
    private static Optional<ModelSettings> afterChange(
            Set<Setting<?>> changed, ModelSettings stored, Optional<RunningModel> running) {
        if (needReload(changed)) {
            return Optional.of(stored);
        }
        if (running.isEmpty()) {
            return changed.contains(Setting.REQUIRED_SPACE) ? Optional.of(stored) : Optional.empty();
        }
        Set<Setting<?>> others = new HashSet<>(settingsThatNeedReload());
        others.addAll(Set.of(Setting.NORMALIZE_EMBEDDINGS, Setting.REQUIRED_SPACE));
        others.removeAll(changed);
        return Optional.of(stored.with(running.get().settings(), others));
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
