package dev.embedding.serving;

import dev.embedding.serving.model.LoadedModel;
import java.util.Optional;

/** Model, options, names and fingerprint that are served under an id at one moment. Immutable. */
public final class ModelSlot {

    private final String id;
    private final String modelName;
    private final ServingOptions options;
    private final Optional<LeasedModel> leased;
    private final Optional<String> fingerprint;
    private final ModelNames names;

    /**
     * @param modelName name of the model as configured
     * @param leased empty while it is not loaded
     */
    ModelSlot(String id, String modelName, ServingOptions options, Optional<LeasedModel> leased) {
        this.id = id;
        this.modelName = modelName;
        this.options = options;
        this.leased = leased;
        this.fingerprint = leased.map(model -> model.model().fingerprint(options.normalize()));
        this.names = new ModelNames(id, modelName, options.aliases());
    }

    public String id() {
        return id;
    }

    /** Name of the model as configured. */
    public String modelName() {
        return modelName;
    }

    public ServingOptions options() {
        return options;
    }

    /** Names by which requests may refer to the model. */
    ModelNames names() {
        return names;
    }

    /** The model, without a lease; empty while it is not loaded. */
    public Optional<LoadedModel> model() {
        return leased.map(LeasedModel::model);
    }

    /** Fingerprint of the vectors that are served. */
    public Optional<String> fingerprint() {
        return fingerprint;
    }

    Optional<LeasedModel> leased() {
        return leased;
    }

    /**
     * Takes a lease; empty when the model is not loaded, or not served any more.
     *
     * @param prompt the prompt that the name of the model in the request selects
     */
    Optional<Lease> lease(PromptChoice prompt) {
        return leased.filter(LeasedModel::acquire).map(model -> new Lease(model, this, prompt));
    }
}
