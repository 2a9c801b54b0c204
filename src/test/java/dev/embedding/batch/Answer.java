package dev.embedding.batch;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniSubscriber;
import io.smallrye.mutiny.subscription.UniSubscription;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Subscriber of a submission that stores its result or failure and counts the events. */
public final class Answer<V> implements UniSubscriber<BatchResult<V>> {

    private final CountDownLatch arrived = new CountDownLatch(1);
    private final AtomicInteger events = new AtomicInteger();
    private volatile @Nullable UniSubscription subscription;
    private volatile @Nullable BatchResult<V> result;
    private volatile @Nullable Throwable failure;

    static <V> Answer<V> to(Uni<BatchResult<V>> submission) {
        Answer<V> answer = new Answer<>();
        submission.subscribe().withSubscriber(answer);
        return answer;
    }

    @Override
    public void onSubscribe(UniSubscription newSubscription) {
        subscription = newSubscription;
    }

    @Override
    public void onItem(BatchResult<V> item) {
        result = item;
        completed();
    }

    @Override
    public void onFailure(Throwable reason) {
        failure = reason;
        completed();
    }

    private void completed() {
        events.incrementAndGet();
        arrived.countDown();
    }

    void cancel() {
        Objects.requireNonNull(subscription).cancel();
    }

    /** Number of items and failures received: 0 or, at the end, 1. */
    int events() {
        return events.get();
    }

    boolean isOpen() {
        return events() == 0;
    }

    void await() throws InterruptedException {
        arrived.await();
    }

    BatchResult<V> result() {
        return Objects.requireNonNull(result, "no result yet");
    }

    List<V> values() {
        return result().values();
    }

    <T extends Throwable> T failure(Class<T> type) {
        return type.cast(Objects.requireNonNull(failure, "no failure yet"));
    }

    @Nullable
    Throwable failure() {
        return failure;
    }
}
