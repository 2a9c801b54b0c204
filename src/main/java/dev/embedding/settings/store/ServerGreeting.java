package dev.embedding.settings.store;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Checks, on a connection that is closed at once, whether a MySQL or MariaDB server offers TLS. */
final class ServerGreeting {

    /** First byte of protocol version 10; a server that rejects the connection sends another one. */
    private static final int PROTOCOL = 10;

    private static final int HEADER_BYTES = 4;
    /** Bytes between the version's end and the capabilities: connection id, eight bytes of the challenge, a filler. */
    private static final int SKIPPED_BYTES = 4 + 8 + 1;

    /** {@code CLIENT_SSL} of the protocol's capabilities. */
    private static final int TLS = 0x800;

    private final NetClient client;
    private final String host;
    private final int port;

    ServerGreeting(Vertx vertx, String host, int port, Duration timeout) {
        this.client = vertx.createNetClient(new NetClientOptions()
                .setConnectTimeout(Math.toIntExact(timeout.toMillis()))
                .setIdleTimeout(Math.toIntExact(timeout.toMillis()))
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS));
        this.host = host;
        this.port = port;
    }

    /** Fails with an {@code IOException} when there is no valid greeting. */
    Future<Boolean> offersTls() {
        return client.connect(port, host).compose(ServerGreeting::read);
    }

    private static Future<Boolean> read(NetSocket socket) {
        Promise<Boolean> answer = Promise.promise();
        Buffer received = Buffer.buffer();
        socket.handler(part -> {
            received.appendBuffer(part);
            tlsOffer(received).ifPresent(answer::tryComplete);
        });
        socket.exceptionHandler(answer::tryFail);
        socket.closeHandler(closed -> answer.tryFail(new ClosedChannelException()));
        return answer.future().onComplete(done -> socket.close());
    }

    /** Empty until enough bytes have arrived. A rejection counts as an offer, so that the connection fails with TLS. */
    static Optional<Boolean> tlsOffer(Buffer received) {
        if (received.length() <= HEADER_BYTES) {
            return Optional.empty();
        }
        if (received.getByte(HEADER_BYTES) != PROTOCOL) {
            return Optional.of(true);
        }
        int end = HEADER_BYTES + 1;
        while (end < received.length() && received.getByte(end) != 0) {
            end++;
        }
        int capabilities = end + 1 + SKIPPED_BYTES;
        return received.length() < capabilities + Short.BYTES
                ? Optional.empty()
                : Optional.of((received.getUnsignedShortLE(capabilities) & TLS) != 0);
    }
}
