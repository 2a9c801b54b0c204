package dev.embedding.http.edge;

import dev.embedding.serving.CallContext;
import dev.embedding.serving.FailureKind;
import dev.embedding.serving.RequestFailure;
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
import java.util.function.Supplier;

/**
 * Receives the body of one exchange, within limits of size and time, before its endpoint is called. A body that is
 * declared too large is rejected before its first byte is read; one that turns out too large as soon as it does. A
 * request that would be rejected because the queue is full is rejected here, unparsed: with a large body before it is
 * read, with a small one after it, so that its connection stays open.
 */
final class BodyReceiver {

    /** Maximum size of a body that is read even when it is rejected, as closing the connection costs more. */
    private static final int SMALL_BYTES = 64 << 10;

    /** Assumed compression ratio, which selects the worker pool. */
    private static final long INFLATED_PER_BYTE = 8;

    private final Vertx vertx;
    private final Context eventLoop;
    private final RoutingContext exchange;
    private final HttpServerRequest request;
    private final Optional<CallContext> call;
    private final Supplier<Optional<RequestFailure>> saturation;
    private final Limits limits;
    private final InflightBytes.Claim claim;
    private final ContentCoding coding;
    private final int declared;
    private final Body body;
    private final long begunMillis = nowMillis();
    private long receivedMillis = begunMillis;
    private OptionalLong timer = OptionalLong.empty();
    private boolean finished;

    /**
     * Limits of every body.
     *
     * @param pause maximum time without a byte
     * @param time maximum time in total
     * @param maxBytes maximum size, decompressed too
     * @param workers decompress bodies
     * @param pacing delays rejections when there are very many
     */
    record Limits(
            Duration pause,
            Duration time,
            long maxBytes,
            InflightBytes inflight,
            WorkerPools workers,
            RejectionPacing pacing) {}

    /**
     * Called on the connection's event loop.
     *
     * @param call call of an embedding request
     * @param saturation failure that the request would be rejected with at this moment, if any
     */
    BodyReceiver(
            Vertx vertx,
            RoutingContext exchange,
            Limits limits,
            Optional<CallContext> call,
            Supplier<Optional<RequestFailure>> saturation) {
        this.vertx = vertx;
        this.eventLoop = vertx.getOrCreateContext();
        this.exchange = exchange;
        this.request = exchange.request();
        this.call = call;
        this.saturation = saturation;
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
        if (!claimMemory(declared)) {
            return;
        }
        if (!isSmall() && refusesSaturated()) {
            return;
        }
        if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
            exchange.response().writeContinue();
        }
        // Most bodies arrive with their headers, and end before this turn of the event loop does.
        eventLoop.runOnContext(unused -> {
            if (!finished) {
                checkTimeouts();
            }
        });
        request.exceptionHandler(this::onException);
        request.endHandler(ended -> onEnd());
        request.handler(this::onChunk);
    }

    private void refuseCoding() {
        exchange.response().headers().set("Accept-Encoding", ContentCoding.DECODED);
        refuse(RequestFailure.of(
                FailureKind.UNSUPPORTED_MEDIA_TYPE,
                "A body may have one Content-Encoding: " + ContentCoding.DECODED + "."));
    }

    /**
     * The caller has disconnected, or has sent a malformed chunk, after which the codec reads no more and closes the
     * connection at once.
     */
    private void onException(Throwable cause) {
        boolean wasFinished = finished;
        ended();
        if (!wasFinished && (cause instanceof DecoderException || cause instanceof IllegalArgumentException)) {
            refuse(malformed());
            ConnectionTimeouts.channel(request.connection()).flush();
        }
    }

    static RequestFailure tooLarge(long maxBytes) {
        return RequestFailure.of(FailureKind.BODY_TOO_LARGE, "The body is larger than " + maxBytes + " bytes.");
    }

    /** Whether the body's length is known and small. */
    private boolean isSmall() {
        return declared <= SMALL_BYTES && request.getHeader("Transfer-Encoding") == null;
    }

    /** Whether there is room for more bytes of this body; where there is none, it is rejected. */
    private boolean claimMemory(long more) {
        if (more <= 0 || claim.take(more)) {
            return true;
        }
        refuse(InflightBytes.refusal());
        return false;
    }

    private long declaredLength() {
        String length = request.getHeader("Content-Length");
        return length == null ? 0 : Long.parseLong(length); // the codec rejects anything but a number
    }

    private void onChunk(Buffer chunk) {
        if ((long) body.length() + chunk.length() > limits.maxBytes()) {
            refuse(tooLarge(limits.maxBytes()));
            return;
        }
        body.append(chunk);
        if (claimMemory(body.allocated() - claim.bytes())) {
            receivedMillis = nowMillis();
        }
    }

    /** Rejects the body if it has not arrived completely; called at shutdown. */
    void rejectIncomplete() {
        eventLoop.runOnContext(unused -> {
            if (!finished) {
                refuse(ending());
            }
        });
    }

    private void ended() {
        finished = true;
        timer.ifPresent(vertx::cancelTimer);
    }

    private void onEnd() {
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
        Runnable checkpoint = () -> call.ifPresent(CallContext::check);
        BodyDecompression inflation = new BodyDecompression(limits.maxBytes(), claim, checkpoint);
        Runnable work = () -> {
            try {
                Body whole = inflation.inflate(body, coding);
                eventLoop.runOnContext(unused -> deliver(whole));
            } catch (RequestFailure failure) {
                eventLoop.runOnContext(unused -> refuse(failure));
            } finally {
                release.run();
            }
        };
        try {
            limits.workers().forBytes(INFLATED_PER_BYTE * body.length()).execute(work);
        } catch (RejectedExecutionException stopping) {
            release.run();
            refuse(ending());
        }
    }

    private boolean refusesSaturated() {
        Optional<RequestFailure> full = saturation.get();
        full.ifPresent(failure -> {
            long delay = call.map(limits.pacing()::next).orElse(Duration.ZERO).toMillis();
            if (delay == 0) {
                refuse(failure);
            } else {
                vertx.setTimer(delay, due -> refuse(failure));
            }
        });
        return full.isPresent();
    }

    /**
     * One timer serves the pause, the total time and the deadline; whether bytes have arrived meanwhile is checked when
     * it fires.
     */
    private void checkTimeouts() {
        long now = nowMillis();
        long left = Math.min(
                receivedMillis - now + limits.pause().toMillis(),
                begunMillis - now + limits.time().toMillis());
        long untilDeadline = call.map(CallContext::millisLeft).orElse(Long.MAX_VALUE);
        if (untilDeadline <= 0) {
            refuse(call.orElseThrow().deadlineExceeded(0));
        } else if (left <= 0) {
            refuse(late());
        } else {
            timer = OptionalLong.of(vertx.setTimer(Math.min(left, untilDeadline), fired -> checkTimeouts()));
        }
    }

    private static long nowMillis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    private void refuse(RequestFailure failure) {
        ended();
        EarlyErrorResponse.send(vertx, exchange, failure);
    }

    private static RequestFailure malformed() {
        return RequestFailure.of(FailureKind.MALFORMED_REQUEST, "The body's chunks are malformed.");
    }

    private static RequestFailure late() {
        return RequestFailure.of(FailureKind.BODY_TIMEOUT, "The body did not arrive in time.");
    }

    private static RequestFailure ending() {
        return RequestFailure.of(
                FailureKind.SHUTTING_DOWN,
                "The service is shutting down, and the body did not arrive in time; send it again.");
    }
}
