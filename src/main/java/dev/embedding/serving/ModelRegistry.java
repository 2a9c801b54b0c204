package dev.embedding.serving;

import dev.embedding.serving.model.LoadedModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The models of the process by id. Which model is served under which id changes as a whole ({@link #serve}), so that a
 * request never sees a state in between: a model that takes another id is served under one of the two at any moment.
 */
public final class ModelRegistry {

    private final String defaultId;
    private volatile ModelTable table;

    /** @param defaultId id of the model that is served where a request names none */
    public ModelRegistry(String defaultId) {
        this.defaultId = defaultId;
        this.table = ModelTable.of(defaultId, Map.of());
    }

    /**
     * Model and options to be served under an id.
     *
     * @param modelName name of the model as configured
     * @param model empty for a model that is configured, but not loaded: requests that name it are not answered by
     *     another one
     */
    public record Entry(String modelName, Optional<LoadedModel> model, ServingOptions options) {

        public static Entry of(LoadedModel model, ServingOptions options) {
            return new Entry(model.name(), Optional.of(model), options);
        }
    }

    /**
     * Serves these models from now on, and no others.
     *
     * @param entries by id
     * @return the models that are not served any more
     */
    public synchronized List<RetiredModel> serve(Map<String, Entry> entries) {
        Map<LoadedModel, LeasedModel> before = new HashMap<>();
        for (ModelSlot slot : table.slots()) {
            slot.leased().ifPresent(leased -> before.put(leased.model(), leased));
        }
        Map<LoadedModel, LeasedModel> kept = new HashMap<>();
        Map<String, ModelSlot> slots = new HashMap<>();
        entries.forEach((id, entry) -> {
            Optional<LeasedModel> leased =
                    entry.model().map(model -> before.getOrDefault(model, new LeasedModel(model)));
            leased.ifPresent(model -> {
                kept.put(model.model(), model);
                model.model().servedAs(id);
            });
            slots.put(id, new ModelSlot(id, entry.modelName(), entry.options(), leased));
        });
        // INVARIANT: a model that gives no more leases is in no table, so that whoever is refused finds a newer one.
        table = ModelTable.of(defaultId, slots);
        List<RetiredModel> retired = new ArrayList<>();
        before.forEach((model, leased) -> {
            if (!kept.containsKey(model)) {
                leased.retire();
                retired.add(new RetiredModel(leased));
            }
        });
        return retired;
    }

    /** Slot of the model that is served where a request names none. */
    public ModelSlot defaultSlot() {
        return table.defaultSlot();
    }

    /** Slot of an id; empty when no model of this id is configured. */
    public Optional<ModelSlot> slot(String id) {
        return table.slot(id);
    }

    /** All slots, the default one first, then by id. */
    public List<ModelSlot> slots() {
        return table.slots();
    }

    /** The names for lists of models, each with the model that it refers to. */
    public Map<String, ModelSlot> listedNames() {
        return table.listed();
    }

    /** The models that are served now, without a lease. */
    public List<LoadedModel> served() {
        return slots().stream().flatMap(slot -> slot.model().stream()).toList();
    }

    /**
     * The slot of the model that a name refers to; see {@link ModelTable}.
     *
     * @throws RequestFailure when there is none
     */
    public ModelSlot slotOfName(String name) {
        return table.named(name).orElseThrow(() -> table.unknown(name)).slot();
    }

    /**
     * The slot of the loaded model that answers a request at this moment, without a lease.
     *
     * @throws RequestFailure when there is none
     */
    public ModelSlot chosen(ModelChoice choice) {
        return table.chosen(choice).slot();
    }

    /** Likewise, but empty where there is none. */
    public Optional<ModelSlot> slotFor(ModelChoice choice) {
        try {
            return Optional.of(chosen(choice));
        } catch (RequestFailure refused) {
            return Optional.empty();
        }
    }

    /**
     * Takes a lease on the model that a request chooses.
     *
     * @throws RequestFailure when there is none
     */
    Lease lease(ModelChoice choice) {
        while (true) {
            ModelTable.Match match = table.chosen(choice);
            Optional<Lease> lease = match.slot().lease(match.prompt());
            if (lease.isPresent()) {
                return lease.get();
            }
        }
    }
}
