package dev.embedding.reload;

import dev.embedding.settings.ModelSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Loaded models that other ids are to be served with: those that run under an id that is not wanted any more, or that is
 * to be served by another model. Ids between which models move are one {@link StepGroup}, so that no id is without a
 * model in between.
 */
final class Rebinding {

    private final Map<String, RunningModel> running;
    private final Map<String, ModelSettings> wanted;
    /** Ids that are to be served by another model than now, in order. */
    private final Set<String> needing = new TreeSet<>(ReloadPlanner.DEFAULT_FIRST);
    /** Where the model of an id comes from. */
    private final Map<String, String> sources = new LinkedHashMap<>();

    private final Map<String, String> refusals = new HashMap<>();
    private final Set<String> kept = new HashSet<>();
    private final Map<String, Set<String>> groups = new TreeMap<>(ReloadPlanner.DEFAULT_FIRST);

    private Rebinding(Map<String, RunningModel> running, Map<String, ModelSettings> wanted) {
        this.running = running;
        this.wanted = wanted;
    }

    static Rebinding of(Map<String, RunningModel> running, Map<String, ModelSettings> wanted) {
        Rebinding rebinding = new Rebinding(running, wanted);
        wanted.forEach((id, settings) -> {
            RunningModel model = running.get(id);
            if (model == null || ReloadPlanner.needsModel(model, settings)) {
                rebinding.needing.add(id);
            }
        });
        rebinding.assign();
        rebinding.sources.forEach(rebinding::group);
        return rebinding;
    }

    /** A model that is refused for its vector space stays where it is, and so does the one in its place. */
    private void assign() {
        boolean refused = true;
        while (refused) {
            sources.clear();
            refused = List.copyOf(needing).stream().anyMatch(this::refuses);
        }
    }

    /** Looks for the model of an id; true when it may not have it, so that others do not get the one that it has. */
    private boolean refuses(String id) {
        ModelSettings settings = wanted.get(id);
        Optional<String> source = settings == null ? Optional.empty() : source(id, settings);
        if (settings == null || source.isEmpty()) {
            return false;
        }
        RunningModel model = running.get(source.get());
        Optional<String> mismatch = model == null ? Optional.empty() : model.spaceMismatch(settings);
        if (mismatch.isEmpty()) {
            sources.put(id, source.get());
            return false;
        }
        refusals.put(id, mismatch.get());
        kept.add(source.get());
        needing.remove(id);
        return true;
    }

    private Optional<String> source(String id, ModelSettings settings) {
        return running.keySet().stream()
                .sorted(ReloadPlanner.DEFAULT_FIRST)
                .filter(from -> !from.equals(id) && !sources.containsValue(from) && isFree(from))
                .filter(from -> isSameModel(from, settings))
                .findFirst();
    }

    private boolean isFree(String id) {
        return !wanted.containsKey(id) || needing.contains(id);
    }

    private boolean isSameModel(String from, ModelSettings settings) {
        RunningModel model = running.get(from);
        return model != null && model.fault().isEmpty() && ReloadPlanner.isSameModel(model, settings);
    }

    private void group(String id, String from) {
        Set<String> merged = new TreeSet<>(ReloadPlanner.DEFAULT_FIRST);
        merged.addAll(groups.getOrDefault(id, Set.of(id)));
        merged.addAll(groups.getOrDefault(from, Set.of(from)));
        merged.forEach(member -> groups.put(member, merged));
    }

    /** Whether a group has the id. */
    boolean isGrouped(String id) {
        return groups.containsKey(id);
    }

    /** Whether a model that is not wanted any more stays, because it may not take the other id. */
    boolean isKept(String id) {
        return kept.contains(id);
    }

    /** Why an id may not be served by the model that it is to be served by; empty when it may. */
    Optional<String> refusal(String id) {
        return Optional.ofNullable(refusals.get(id));
    }

    List<StepGroup> groups() {
        return groups.values().stream().distinct().map(this::steps).toList();
    }

    private StepGroup steps(Set<String> ids) {
        List<Step> steps = new ArrayList<>();
        for (String id : ids) {
            ModelSettings settings = wanted.get(id);
            if (settings != null) {
                steps.add(step(id, settings));
            }
        }
        return new StepGroup(steps);
    }

    private Step step(String id, ModelSettings settings) {
        String source = sources.get(id);
        if (source != null) {
            return new Step.Rebind(id, source, settings);
        }
        RunningModel before = running.get(id);
        return before == null || sources.containsValue(id)
                ? new Step.Add(id, settings, List.of("its model becomes another one"))
                : ReloadPlanner.replace(id, before, settings);
    }
}
