package dev.embedding.http.edge;

import dev.embedding.http.edge.failure.Failure;
import dev.embedding.http.edge.failure.RequestRejectedException;
import dev.embedding.serving.CallContext;
import dev.embedding.serving.EmbeddingFailure;
import dev.embedding.serving.RequestDeadline;
import dev.embedding.support.WorkerPools;
import io.netty.handler.codec.DecoderException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Receives the body of one exchange, within limits of size and patience, before its endpoint is called. A body that is
 * declared too large is refused before its first byte is read; one that turns out too large as soon as it does. What would
 * be refused for want of a place in the queue is refused here, unparsed: a large body before it is read, a small one
 * behind it, so that its connection can go on.
 */
final class BodyReceiver {

    /** Of a body that is read even when it is refused, as closing the connection costs more. */
    private static final int SMALL_BYTES = 64 << 10;

    private static final int UNSUPPORTED_CODING = 415;

    /** A guess, from which the worker follows that inflates it. */
    private static final long INFLATED_PER_BYTE = 8;

    private static final Failure MALFORMED = Failure.of(400, "The body's chunks are malformed.");
    private static final Failure LATE = Failure.of(408, "The body did not arrive in time.");
    private static final Failure ENDING =
            Failure.of(503, "The service is shutting down, and the body did not arrive in time; send it again.");

    private final Vertx vertx;
    private final Context eventLoop;
    private final RoutingContext exchange;
    private final HttpServerRequest request;
    private final Optional<EmbedCall> call;
    private final Limits limits;
    private final InflightBytes.Claim claim;
    private final ContentCoding coding;
    private final int declared;
    private final Body body;
    private final long begunMillis = nowMillis();
    private long receivedMillis = begunMillis;
    private OptionalLong timer = OptionalLong.empty();
    private boolean over;

    /**
     * Limits that hold for every body.
     *
     * @param pause how long it may pause
     * @param time how long it may take in all
     * @param maxBytes also of what it inflates to
     * @param workers inflate compressed ones
     */
    record Limits(Duration pause, Duration time, long maxBytes, InflightBytes inflight, WorkerPools workers) {}

    /**
     * An embedding request whose body is being received.
     *
     * @param saturation why it would be refused at this moment
     * @param failed told of a refusal that counts as a request's
     */
    record EmbedCall(
            CallContext context,
            Supplier<Optional<EmbeddingFailure.Saturated>> saturation,
            RejectionPacing pace,
            Consumer<EmbeddingFailure> failed) {}

    /** Called on the connection's event loop. */
    BodyReceiver(Vertx vertx, RoutingContext exchange, Limits limits, Optional<EmbedCall> call) {
        this.vertx = vertx;
        this.eventLoop = vertx.getOrCreateContext();
        this.exchange = exchange;
        this.request = exchange.request();
        this.call = call;
        this.limits = limits;
        this.claim = limits.inflight().claim(exchange);
        this.coding = ContentCoding.of(request);
        this.declared = (int) Math.min(declaredLength(), Integer.MAX_VALUE);
        this.body = new Body(declared);
    }

    void receive() {
        if (declared > limits.maxBytes()) {
            refuse(tooLarge(limits.maxBytes()));
            return;
        }
        if (coding == ContentCoding.UNSUPPORTED) {
            refuseCoding();
            return;
        }
        if (!count(declared)) {
            return;
        }
        if (!isSmall() && refusesSaturated()) {
            return;
        }
        if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
            exchange.response().writeContinue();
        }
        // Most bodies have come with their headers, and end before this turn of the event loop does.
        eventLoop.runOnContext(unused -> {
            if (!over) {
                watch();
            }
        });
        request.exceptionHandler(this::broken);
        request.endHandler(ended -> end());
        request.handler(this::chunk);
    }

    private void refuseCoding() {
        exchange.response().headers().set("Accept-Encoding", ContentCoding.DECODED);
        refuse(Failure.of(UNSUPPORTED_CODING, "A body may have one Content-Encoding: " + ContentCoding.DECODED + "."));
    }

    /** Its caller has gone, or sends what is no chunk; then the codec reads no more, and closes the connection at once. */
    private void broken(Throwable cause) {
        boolean wasOver = over;
        ended();
        if (!wasOver && (cause instanceof DecoderException || cause instanceof IllegalArgumentException)) {
            refuse(MALFORMED);
            ConnectionTimeouts.channel(request.connection()).flush();
        }
    }

    static Failure tooLarge(long maxBytes) {
        return Failure.of(413, "The body is larger than " + maxBytes + " bytes.");
    }

    /** Whether its length is known and small. */
    private boolean isSmall() {
        return declared <= SMALL_BYTES && request.getHeader("Transfer-Encoding") == null;
    }

    /** Whether there is room for more bytes of this body; where there is none it is refused. */
    private boolean count(long more) {
        if (more <= 0 || claim.take(more)) {
            return true;
        }
        refuse(InflightBytes.REFUSAL);
        return false;
    }

    private long declaredLength() {
        String length = request.getHeader("Content-Length");
        return length == null ? 0 : Long.parseLong(length); // the codec refuses what is no number
    }

    private void chunk(Buffer chunk) {
        if ((long) body.length() + chunk.length() > limits.maxBytes()) {
            refuse(tooLarge(limits.maxBytes()));
            return;
        }
        body.append(chunk);
        if (count(body.allocated() - claim.bytes())) {
            receivedMillis = nowMillis();
        }
    }

    /** The process ends: a body that has not arrived by now is not waited for any more. */
    void lastCall() {
        eventLoop.runOnContext(unused -> {
            if (!over) {
                refuse(ENDING);
            }
        });
    }

    private void ended() {
        over = true;
        timer.ifPresent(vertx::cancelTimer);
    }

    private void end() {
        ended();
        if (isSmall() && refusesSaturated()) {
            return;
        }
        if (coding == ContentCoding.IDENTITY || body.length() == 0) {
            deliver(body);
        } else {
            inflate();
        }
    }

    private void deliver(Body whole) {
        Body.set(exchange, whole);
        exchange.next();
    }

    private void inflate() {
        Runnable release = claim.hold();
        Runnable checkpoint = () -> call.ifPresent(asked -> asked.context().check());
        BodyDecompression inflation = new BodyDecompression(limits.maxBytes(), claim, checkpoint);
        Runnable work = () -> {
            try {
                Body whole = inflation.inflate(body, coding);
                eventLoop.runOnContext(unused -> deliver(whole));
            } catch (RequestRejectedException refusal) {
                eventLoop.runOnContext(unused -> refuse(refusal.failure()));
            } catch (EmbeddingFailure.Cancelled nobodyWaits) {
                // It was counted when its caller went.
            } finally {
                release.run();
            }
        };
        try {
            limits.workers().forBytes(INFLATED_PER_BYTE * body.length()).execute(work);
        } catch (RejectedExecutionException stopping) {
            release.run();
            refuse(ENDING);
        }
    }

    private boolean refusesSaturated() {
        if (call.isEmpty()) {
            return false;
        }
        EmbedCall asked = call.get();
        Optional<EmbeddingFailure.Saturated> full = asked.saturation().get();
        full.ifPresent(saturated -> {
            asked.failed().accept(saturated);
            Failure failure = Failure.retryLater(429, saturated.detail(), saturated.retryAfter());
            long delay = asked.pace().next(asked.context()).toMillis();
            if (delay == 0) {
                refuse(failure);
            } else {
                vertx.setTimer(delay, due -> refuse(failure));
            }
        });
        return full.isPresent();
    }

    /** One timer for the pause, the whole and the deadline; whether bytes have come meanwhile is seen when it fires. */
    private void watch() {
        long now = nowMillis();
        long left = Math.min(
                receivedMillis - now + limits.pause().toMillis(),
                begunMillis - now + limits.time().toMillis());
        Optional<RequestDeadline> deadline =
                call.flatMap(asked -> asked.context().deadline());
        long untilDeadline = deadline.map(RequestDeadline::millisLeft).orElse(Long.MAX_VALUE);
        if (untilDeadline <= 0) {
            EmbeddingFailure passed = deadline.orElseThrow().passed(0);
            call.orElseThrow().failed().accept(passed);
            refuse(Failure.of(504, passed.detail()));
        } else if (left <= 0) {
            refuse(LATE);
        } else {
            timer = OptionalLong.of(vertx.setTimer(Math.min(left, untilDeadline), look -> watch()));
        }
    }

    private static long nowMillis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    private void refuse(Failure failure) {
        ended();
        EarlyErrorResponse.send(vertx, exchange, failure);
    }
}
