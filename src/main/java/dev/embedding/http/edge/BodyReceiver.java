package dev.embedding.http.edge;

import dev.embedding.serving.CallContext;
import dev.embedding.serving.EmbeddingFailure;
import dev.embedding.serving.RequestDeadline;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.OptionalLong;
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

    private static final Failure LATE = Failure.of(408, "The body did not arrive in time.");
    private static final Failure ENDING =
            Failure.of(503, "The service is ending, and the body did not arrive in time; send it again.");

    private final Vertx vertx;
    private final Context eventLoop;
    private final RoutingContext exchange;
    private final HttpServerRequest request;
    private final Optional<EmbedCall> call;
    private final long maxBytes;
    private final long maxPauseMillis;
    private final long maxMillis;
    private final InflightBytes.Claim claim;
    private final int declared;
    private final Body body;
    private final long begunMillis = nowMillis();
    private long receivedMillis = begunMillis;
    private OptionalLong timer = OptionalLong.empty();
    private boolean over;

    /**
     * What is known of an exchange that asks for vectors.
     *
     * @param saturation why it would be refused at this moment
     * @param failed told of a refusal that counts as a request's
     */
    record EmbedCall(
            CallContext context,
            Supplier<Optional<EmbeddingFailure.Saturated>> saturation,
            RefusalPace pace,
            Consumer<EmbeddingFailure> failed) {}

    /** Called on the connection's event loop. */
    BodyReceiver(
            Vertx vertx,
            RoutingContext exchange,
            EdgeConfig config,
            long maxBytes,
            InflightBytes inflight,
            Optional<EmbedCall> call) {
        this.vertx = vertx;
        this.eventLoop = vertx.getOrCreateContext();
        this.exchange = exchange;
        this.request = exchange.request();
        this.call = call;
        this.maxBytes = maxBytes;
        this.maxPauseMillis = config.bodyPause().toMillis();
        this.maxMillis = config.bodyTimeout().toMillis();
        this.claim = inflight.claim(exchange);
        this.declared = (int) Math.min(declaredLength(), Integer.MAX_VALUE);
        this.body = new Body(declared);
    }

    void receive() {
        if (declared > maxBytes) {
            refuse(tooLarge());
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
        request.exceptionHandler(clientGone -> ended());
        request.endHandler(ended -> end());
        request.handler(this::chunk);
    }

    private Failure tooLarge() {
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
        if ((long) body.length() + chunk.length() > maxBytes) {
            refuse(tooLarge());
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
        Body.set(exchange, body);
        exchange.next();
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
        long left = Math.min(receivedMillis - now + maxPauseMillis, begunMillis - now + maxMillis);
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
        EarlyRefusal.send(vertx, exchange, failure);
    }
}
