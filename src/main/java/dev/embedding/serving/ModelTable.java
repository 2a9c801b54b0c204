package dev.embedding.serving;

import dev.embedding.support.Names;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The configured models at one moment, and the choice among them. A name is looked for among the ids, the aliases, the
 * models' names with or without a revision, and their last parts; then in any case; then without what clients add to it
 * ({@code :latest}), and without {@code -query} or {@code -passage}, which select a prompt, for clients that can set
 * nothing but the name. Among equals the default model is meant, then the first by id. Immutable.
 */
final class ModelTable {

    private static final String LATEST = ":latest";
    private static final Map<String, PromptChoice> PROMPTS =
            Map.of("-query", PromptChoice.InputType.QUERY, "-passage", PromptChoice.InputType.PASSAGE);
    private static final int MAX_LISTED = 10;

    private final List<ModelSlot> slots;
    private final boolean isConfigured;
    private final Map<String, ModelSlot> byName = new HashMap<>();
    private final Map<String, ModelSlot> byNameInAnyCase = new HashMap<>();

    private ModelTable(List<ModelSlot> slots, boolean isConfigured) {
        this.slots = slots;
        this.isConfigured = isConfigured;
        int ranks = slots.get(0).names().byRank().size();
        for (int rank = 0; rank < ranks; rank++) {
            for (ModelSlot slot : slots) {
                for (String name : slot.names().byRank().get(rank)) {
                    byName.putIfAbsent(name, slot);
                    byNameInAnyCase.putIfAbsent(name.toLowerCase(Locale.ROOT), slot);
                }
            }
        }
    }

    /**
     * The table of these slots, by id.
     *
     * @param defaultId its slot is empty when there is none of this id
     */
    static ModelTable of(String defaultId, Map<String, ModelSlot> slots) {
        List<ModelSlot> ordered = new ArrayList<>();
        ordered.add(slots.getOrDefault(
                defaultId, new ModelSlot(defaultId, defaultId, ServingOptions.NONE, Optional.empty())));
        slots.values().stream()
                .filter(slot -> !slot.id().equals(defaultId))
                .sorted(Comparator.comparing(ModelSlot::id))
                .forEach(ordered::add);
        return new ModelTable(List.copyOf(ordered), !slots.isEmpty());
    }

    /**
     * The model that a request chooses.
     *
     * @param prompt the prompt that its name selects
     */
    record Match(ModelSlot slot, PromptChoice prompt) {

        private static Match of(ModelSlot slot) {
            return new Match(slot, PromptChoice.USUAL);
        }
    }

    /** The default slot first, then by id. */
    List<ModelSlot> slots() {
        return slots;
    }

    ModelSlot defaultSlot() {
        return slots.get(0);
    }

    Optional<ModelSlot> slot(String id) {
        return slots.stream().filter(slot -> slot.id().equals(id)).findFirst();
    }

    /**
     * The loaded model that a request chooses.
     *
     * @throws RequestFailure when there is none
     */
    Match chosen(ModelChoice choice) {
        if (!isConfigured) {
            throw RequestFailure.noModel();
        }
        Match match = choice.name().flatMap(this::known).orElseGet(() -> withoutName(choice.space()));
        String served = match.slot()
                .fingerprint()
                .orElseThrow(() -> slots.size() == 1
                        ? RequestFailure.noModel()
                        : RequestFailure.noModel(match.slot().id()));
        choice.space().filter(required -> !required.equals(served)).ifPresent(required -> {
            throw RequestFailure.of(
                    FailureKind.SPACE_MISMATCH,
                    "The vector space " + required + " was requested, but " + served + " is served"
                            + (slots.size() == 1
                                    ? "."
                                    : " by the model " + match.slot().id() + "."));
        });
        return match;
    }

    /** The model of a name; empty when it is unknown and to be ignored. */
    private Optional<Match> known(ModelChoice.ModelName name) {
        Optional<Match> match = named(name.text());
        if (match.isEmpty() && !(name.ignoredAlone() && slots.size() == 1)) {
            throw unknown(name.text());
        }
        return match;
    }

    private Match withoutName(Optional<String> space) {
        return Match.of(space.flatMap(required -> slots.stream()
                        .filter(slot -> slot.fingerprint().equals(space))
                        .findFirst())
                .orElse(defaultSlot()));
    }

    /** The model that a name refers to. */
    Optional<Match> named(String name) {
        Optional<Match> asGiven = withSuffix(name);
        boolean tagged = asGiven.isEmpty() && name.toLowerCase(Locale.ROOT).endsWith(LATEST);
        return tagged ? withSuffix(name.substring(0, name.length() - LATEST.length())) : asGiven;
    }

    private Optional<Match> withSuffix(String name) {
        Optional<Match> whole = whole(name).map(Match::of);
        if (whole.isPresent()) {
            return whole;
        }
        for (Map.Entry<String, PromptChoice> prompt : PROMPTS.entrySet()) {
            if (name.toLowerCase(Locale.ROOT).endsWith(prompt.getKey())) {
                return whole(name.substring(0, name.length() - prompt.getKey().length()))
                        .map(slot -> new Match(slot, prompt.getValue()));
            }
        }
        return Optional.empty();
    }

    private Optional<ModelSlot> whole(String name) {
        return Optional.ofNullable(byName.get(name))
                .or(() -> Optional.ofNullable(byNameInAnyCase.get(name.toLowerCase(Locale.ROOT))));
    }

    /** The names for lists, each with the model that it refers to: ids of further models, models' names, and aliases. */
    Map<String, ModelSlot> listed() {
        Map<String, ModelSlot> listed = new LinkedHashMap<>();
        for (ModelSlot slot : slots) {
            if (slot != defaultSlot()) {
                listed.put(slot.id(), slot);
            }
            listed.putIfAbsent(slot.modelName(), slot);
            slot.options().aliases().forEach(alias -> listed.putIfAbsent(alias, slot));
        }
        listed.replaceAll((name, slot) -> byName.getOrDefault(name, slot));
        return listed;
    }

    /** The failure for a name that is none of the models'. */
    RequestFailure unknown(String name) {
        List<String> names = listed().keySet().stream().limit(MAX_LISTED).toList();
        return RequestFailure.of(
                FailureKind.UNKNOWN_MODEL,
                "The model " + Names.abbreviated(name) + " is not served here; use " + String.join(" or ", names)
                        + ".");
    }
}
