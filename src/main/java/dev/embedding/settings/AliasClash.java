package dev.embedding.settings;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Clash of an alias with an id or an alias of another model, which is a fault of the later of the two.
 *
 * @param model id of the later model
 * @param other id of the earlier one
 * @param alias the name that both have
 */
public record AliasClash(String model, String other, String alias) {

    /**
     * Finds the clashes.
     *
     * @param models by id, the default one first, then by id
     */
    public static List<AliasClash> among(Map<String, ModelSettings> models) {
        List<AliasClash> clashes = new ArrayList<>();
        List<String> ids = List.copyOf(models.keySet());
        for (int later = 1; later < ids.size(); later++) {
            for (int earlier = 0; earlier < later; earlier++) {
                common(models, ids.get(earlier), ids.get(later)).ifPresent(clashes::add);
            }
        }
        return clashes;
    }

    private static Optional<AliasClash> common(Map<String, ModelSettings> models, String earlier, String later) {
        Set<String> names = names(models, earlier);
        Set<String> common = names(models, later);
        common.retainAll(names);
        return common.stream().sorted().findFirst().map(alias -> new AliasClash(later, earlier, alias));
    }

    private static Set<String> names(Map<String, ModelSettings> models, String id) {
        Set<String> names = new HashSet<>(aliases(models, id));
        names.add(id);
        return names;
    }

    private static List<String> aliases(Map<String, ModelSettings> models, String id) {
        ModelSettings settings = models.get(id);
        return settings == null ? List.of() : settings.get(Setting.MODEL_ALIASES);
    }

    /** The settings of a model without the aliases that clash with earlier models; empty when there are none. */
    static Optional<ModelSettings> free(Map<String, ModelSettings> models, String model) {
        List<String> own = aliases(models, model);
        List<String> kept = new ArrayList<>(own);
        for (String earlier : models.keySet()) {
            if (earlier.equals(model)) {
                break;
            }
            kept.removeAll(names(models, earlier));
        }
        ModelSettings settings = models.get(model);
        return settings == null || kept.size() == own.size()
                ? Optional.empty()
                : Optional.of(settings.withValue(Setting.MODEL_ALIASES, kept));
    }

    /** Key of the setting that is at fault. */
    public SettingKey key() {
        return new SettingKey(model, Setting.MODEL_ALIASES);
    }

    /** What is wrong with its value, to be read after its name. */
    public String problem() {
        return "must be free of names of other models: the model " + other + " has '"
                + InvalidSettingException.abbreviated(alias) + "' too";
    }
}
