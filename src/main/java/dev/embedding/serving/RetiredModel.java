package dev.embedding.serving;

import dev.embedding.serving.model.LoadedModel;

/** A model that is not served any more and gets no new leases. */
public final class RetiredModel {

    private final LeasedModel leased;

    RetiredModel(LeasedModel leased) {
        this.leased = leased;
    }

    /** The model, to be closed once its leases are released. */
    public LoadedModel model() {
        return leased.model();
    }

    /** Waits until all leases are released or the time has expired. */
    public void awaitReleased(long nanos) throws InterruptedException {
        leased.awaitReleased(nanos);
    }
}
