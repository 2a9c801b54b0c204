package dev.embedding.serving;

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
    public Optional<EmbeddingModel> model() {
        return Optional.ofNullable(current).map(served -> served.model);
    }

    /** Fingerprint of the vectors that are answered at this moment. */
    public Optional<String> fingerprint() {
        return Optional.ofNullable(current).map(served -> served.fingerprint);
    }

    /** Fixes the current model for one request; empty while no model is loaded. */
    Optional<Lease> lease() {
        lock.lock();
        try {
            if (current == null) {
                return Optional.empty();
            }
            current.leases++;
            return Optional.of(new Lease(current));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Serves a model from now on.
     *
     * @param normalize whether vectors are normalised even where the model's own modules do not
     */
    public void serve(EmbeddingModel model, boolean normalize) {
        lock.lock();
        try {
            current = new Served(model, normalize);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Serves nothing any more and waits until all leases are given back, at most {@code patienceNanos}.
     *
     * @return the model that was served, for its caller to close
     */
    public Optional<EmbeddingModel> retire(long patienceNanos) throws InterruptedException {
        lock.lock();
        try {
            Served retired = current;
            current = null;
            if (retired == null) {
                return Optional.empty();
            }
            long nanosLeft = patienceNanos;
            while (retired.leases > 0 && nanosLeft > 0) {
                nanosLeft = released.awaitNanos(nanosLeft);
            }
            return Optional.of(retired.model);
        } finally {
            lock.unlock();
        }
    }

    private static final class Served {
        final EmbeddingModel model;
        final boolean normalize;
        final String fingerprint;
        int leases;

        Served(EmbeddingModel model, boolean normalize) {
            this.model = model;
            this.normalize = normalize;
            this.fingerprint = model.fingerprint(normalize);
        }
    }

    /** One request's hold on a model. */
    final class Lease {
        private final Served served;
        private boolean ended;

        private Lease(Served served) {
            this.served = served;
        }

        EmbeddingModel model() {
            return served.model;
        }

        boolean normalize() {
            return served.normalize;
        }

        Embeddings.VectorSpace space() {
            return new Embeddings.VectorSpace(served.model.name(), served.model.dimension(), served.fingerprint);
        }

        /** Gives the model back; nothing happens the second time. */
        void release() {
            lock.lock();
            try {
                if (!ended) {
                    ended = true;
                    served.leases--;
                    released.signalAll();
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
