package dev.embedding.serving;

import dev.embedding.serving.model.LoadedModel;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The model that is being served.
 *
 * <p>A request takes a lease, which fixes model, normalisation and fingerprint together until it is given back. Taking a
 * lease and retiring a model exclude each other, so that no lease is ever held on a model that is being closed.
 */
public final class ActiveModel {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition released = lock.newCondition();
    private volatile @Nullable Served current;

    /** What is served at this moment, to look at; empty while no model is loaded. */
    public Optional<LoadedModel> model() {
        return Optional.ofNullable(current).map(Served::model);
    }

    /** Fingerprint of the vectors that are answered at this moment. */
    public Optional<String> fingerprint() {
        return Optional.ofNullable(current).map(served -> served.fingerprint);
    }

    /** What requests may call the model that is served at this moment. */
    public Optional<ModelNames> names() {
        return Optional.ofNullable(current).map(served -> served.names);
    }

    /** Fixes the current model for one request; empty while no model is loaded. */
    Optional<Lease> lease() {
        lock.lock();
        try {
            if (current == null) {
                return Optional.empty();
            }
            current.holds.leases++;
            return Optional.of(new Lease(current));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Serves a model from now on, or the same one in another way.
     *
     * @return the model that was served before, when it was another
     */
    public Optional<Retired> serve(LoadedModel model, ServingOptions options) {
        lock.lock();
        try {
            Served before = current;
            if (before != null && before.holds.model == model) {
                current = new Served(before.holds, options);
                return Optional.empty();
            }
            current = new Served(new Holds(model), options);
            return Optional.ofNullable(before).map(served -> new Retired(served.holds));
        } finally {
            lock.unlock();
        }
    }

    /** Serves nothing any more. */
    public Optional<Retired> retire() {
        lock.lock();
        try {
            Served retired = current;
            current = null;
            return Optional.ofNullable(retired).map(served -> new Retired(served.holds));
        } finally {
            lock.unlock();
        }
    }

    /** A model that gets no new leases. */
    public final class Retired {
        private final Holds holds;

        private Retired(Holds holds) {
            this.holds = holds;
        }

        /** For whoever waited for the leases to close. */
        public LoadedModel model() {
            return holds.model;
        }

        /** Waits until all leases are given back, or the deadline has expired. */
        public void awaitReleased(long nanos) throws InterruptedException {
            lock.lock();
            try {
                long nanosLeft = nanos;
                while (holds.leases > 0 && nanosLeft > 0) {
                    nanosLeft = released.awaitNanos(nanosLeft);
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** A model and the number of leases on it. */
    private static final class Holds {
        final LoadedModel model;
        int leases;

        Holds(LoadedModel model) {
            this.model = model;
        }
    }

    private record Served(Holds holds, ServingOptions options, ModelNames names, String fingerprint) {
        Served(Holds holds, ServingOptions options) {
            this(
                    holds,
                    options,
                    new ModelNames(holds.model.name(), options.aliases()),
                    holds.model.fingerprint(options.normalize()));
        }

        LoadedModel model() {
            return holds.model;
        }
    }

    /** One request's hold on a model. */
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

        /** Gives the model back; nothing happens the second time. */
        void release() {
            lock.lock();
            try {
                if (!ended) {
                    ended = true;
                    served.holds.leases--;
                    released.signalAll();
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
