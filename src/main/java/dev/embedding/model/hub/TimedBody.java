package dev.embedding.model.hub;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A response's body, read part by part, with a timeout for each part and none for the whole. It requests a part only
 * when the one before has been taken, so that a slow disk slows down the sender (backpressure). Closing it aborts the
 * connection of a body that has not been read to its end.
 */
final class TimedBody implements BodySubscriber<TimedBody>, AutoCloseable {

    /** A part of the body; or its end, with the failure where it was interrupted. */
    private record Part(
            List<ByteBuffer> buffers,
            boolean isLast,
            @Nullable Throwable failure) {}

    private final Duration stall;
    private final BlockingQueue<Part> parts = new LinkedBlockingQueue<>();
    private final Deque<ByteBuffer> taken = new ArrayDeque<>();
    private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();

    TimedBody(Duration stall) {
        this.stall = stall;
    }

    /**
     * The next bytes, at least one; null at the end.
     *
     * @throws HttpTimeoutException when none came within the timeout
     * @throws IOException when the body was interrupted
     */
    @Nullable
    ByteBuffer next() throws IOException, InterruptedException {
        while (taken.isEmpty()) {
            Part part = parts.poll(stall.toNanos(), TimeUnit.NANOSECONDS);
            if (part == null) {
                throw new HttpTimeoutException("no bytes for " + stall.toSeconds() + " s");
            }
            if (part.isLast()) {
                parts.add(part);
                if (part.failure() != null) {
                    throw new IOException("the body was interrupted", part.failure());
                }
                return null;
            }
            part.buffers().stream().filter(ByteBuffer::hasRemaining).forEach(taken::add);
            subscription.join().request(1);
        }
        return taken.remove();
    }

    @Override
    public void close() {
        CompletableFuture<Void> unused = subscription.thenAccept(Flow.Subscription::cancel);
    }

    @Override
    public CompletionStage<TimedBody> getBody() {
        return CompletableFuture.completedFuture(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        if (subscription.complete(given)) {
            given.request(1);
        } else {
            given.cancel();
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        parts.add(new Part(buffers, false, null));
    }

    @Override
    public void onError(Throwable failure) {
        parts.add(new Part(List.of(), true, failure));
    }

    @Override
    public void onComplete() {
        parts.add(new Part(List.of(), true, null));
    }
}
