package dev.embedding.serving;

import dev.embedding.serving.model.LoadedModel;
import java.util.concurrent.atomic.AtomicBoolean;

/** Hold of one request on a model, which fixes model, options and fingerprint together until it is released. */
final class Lease {

    private final LeasedModel leased;
    private final ModelSlot slot;
    private final PromptChoice prompt;
    private final String fingerprint;
    private final AtomicBoolean ended = new AtomicBoolean();

    /** @param leased was acquired for this lease */
    Lease(LeasedModel leased, ModelSlot slot, PromptChoice prompt) {
        this.leased = leased;
        this.slot = slot;
        this.prompt = prompt;
        this.fingerprint = slot.fingerprint().orElseThrow();
    }

    LoadedModel model() {
        return leased.model();
    }

    /** Id under which the model was served when the lease was taken. */
    String modelId() {
        return slot.id();
    }

    ServingOptions options() {
        return slot.options();
    }

    /** The prompt that the name of the model in the request selects. */
    PromptChoice promptOfName() {
        return prompt;
    }

    String fingerprint() {
        return fingerprint;
    }

    /** Releases the model; has no effect the second time. */
    void release() {
        if (!ended.getAndSet(true)) {
            leased.release();
        }
    }
}
