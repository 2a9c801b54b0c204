package dev.embedding.serving;

import dev.embedding.serving.model.LoadedModel;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Place of a served model, which hands out leases on it.
 *
 * <p>A request takes a lease, which fixes model, normalisation and fingerprint together until it is released. Taking a
 * lease and retiring a model exclude each other, so that no lease is ever held on a model that is being closed.
 */
public final class ModelSlot {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition released = lock.newCondition();
    private volatile @Nullable Served current;

    /** The model that is served now, without a lease; empty while no model is loaded. */
    public Optional<LoadedModel> model() {
        return Optional.ofNullable(current).map(Served::model);
    }

    /** Fingerprint of the vectors that are served now. */
    public Optional<String> fingerprint() {
        return Optional.ofNullable(current).map(served -> served.fingerprint);
    }

    /** Names by which requests may refer to the served model. */
    public Optional<ModelNames> names() {
        return Optional.ofNullable(current).map(served -> served.names);
    }

    /** Takes a lease on the current model for one request; empty while no model is loaded. */
    Optional<Lease> lease() {
        lock.lock();
        try {
            if (current == null) {
                return Optional.empty();
            }
            current.leased.leases++;
            return Optional.of(new Lease(current));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Starts to serve a model, or changes the options of the served one.
     *
     * @return the previous model, when it was another one
     */
    public Optional<Retired> serve(LoadedModel model, ServingOptions options) {
        lock.lock();
        try {
            Served before = current;
            if (before != null && before.leased.model == model) {
                current = new Served(before.leased, options);
                return Optional.empty();
            }
            current = new Served(new LeasedModel(model), options);
            return Optional.ofNullable(before).map(served -> new Retired(served.leased));
        } finally {
            lock.unlock();
        }
    }

    /** Stops serving. */
    public Optional<Retired> retire() {
        lock.lock();
        try {
            Served retired = current;
            current = null;
            return Optional.ofNullable(retired).map(served -> new Retired(served.leased));
        } finally {
            lock.unlock();
        }
    }

    /** Replaced model, which gets no new leases. */
    public final class Retired {
        private final LeasedModel leased;

        private Retired(LeasedModel leased) {
            this.leased = leased;
        }

        /** The model, to be closed once its leases are released. */
        public LoadedModel model() {
            return leased.model;
        }

        /** Waits until all leases are released or the time has expired. */
        public void awaitReleased(long nanos) throws InterruptedException {
            lock.lock();
            try {
                long nanosLeft = nanos;
                while (leased.leases > 0 && nanosLeft > 0) {
                    nanosLeft = released.awaitNanos(nanosLeft);
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** Model and its number of leases, across all options that it was served with. */
    private static final class LeasedModel {
        final LoadedModel model;
        int leases;

        LeasedModel(LoadedModel model) {
            this.model = model;
        }
    }

    private record Served(LeasedModel leased, ServingOptions options, ModelNames names, String fingerprint) {
        Served(LeasedModel leased, ServingOptions options) {
            this(
                    leased,
                    options,
                    new ModelNames(leased.model.name(), options.aliases()),
                    leased.model.fingerprint(options.normalize()));
        }

        LoadedModel model() {
            return leased.model;
        }
    }

    /** Hold of one request on a model. */
    final class Lease {
        private final Served served;
        private boolean ended;

        private Lease(Served served) {
            this.served = served;
        }

        LoadedModel model() {
            return served.model();
        }

        ServingOptions options() {
            return served.options;
        }

        ModelNames names() {
            return served.names;
        }

        String fingerprint() {
            return served.fingerprint;
        }

        /** Releases the model; has no effect the second time. */
        void release() {
            lock.lock();
            try {
                if (!ended) {
                    ended = true;
                    served.leased.leases--;
                    released.signalAll();
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
