package dev.embedding.serving;

import dev.embedding.serving.ModelRegistry.Entry;
import dev.embedding.serving.model.LoadedModel;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The only model of a registry, served and replaced as a reload does it. */
public final class DefaultModel {

    private final ModelRegistry registry;

    public DefaultModel(ModelRegistry registry) {
        this.registry = registry;
    }

    /** @return the model that is replaced by another one */
    public Optional<RetiredModel> serve(LoadedModel model, ServingOptions options) {
        return only(registry.serve(Map.of("default", Entry.of(model, options))));
    }

    public Optional<RetiredModel> retire() {
        return only(registry.serve(Map.of()));
    }

    private static Optional<RetiredModel> only(List<RetiredModel> retired) {
        return retired.stream().findFirst();
    }

    public Optional<LoadedModel> model() {
        return registry.defaultSlot().model();
    }

    public Optional<String> fingerprint() {
        return registry.defaultSlot().fingerprint();
    }

    Optional<Lease> lease() {
        return registry.defaultSlot().lease(PromptChoice.USUAL);
    }
}
