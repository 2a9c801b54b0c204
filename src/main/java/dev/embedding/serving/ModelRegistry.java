package dev.embedding.serving;

import dev.embedding.serving.model.LoadedModel;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * The models of the process, in one slot for each id. A slot stays while models in it come and go; it is empty until
 * the first one is served.
 */
public final class ModelRegistry {

    private final ModelSlot defaultSlot = new ModelSlot();
    private final Map<String, ModelSlot> slots;

    /** @param defaultId id of the model that is served where a request names none */
    public ModelRegistry(String defaultId) {
        slots = Map.of(defaultId, defaultSlot);
    }

    /** Slot of the model that is served where a request names none. */
    public ModelSlot defaultSlot() {
        return defaultSlot;
    }

    /** @throws IllegalArgumentException when there is no slot for this id */
    public ModelSlot slot(String id) {
        ModelSlot slot = slots.get(id);
        if (slot == null) {
            throw new IllegalArgumentException("No slot for a model " + id);
        }
        return slot;
    }

    public Collection<ModelSlot> slots() {
        return slots.values();
    }

    /** The models that are served now, without a lease. */
    public List<LoadedModel> served() {
        return slots.values().stream().flatMap(slot -> slot.model().stream()).toList();
    }
}
