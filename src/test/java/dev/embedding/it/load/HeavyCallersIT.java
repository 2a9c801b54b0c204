package dev.embedding.it.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.fixture.Answer;
import dev.embedding.fixture.RawConnection;
import dev.embedding.fixture.ReferenceModel;
import dev.embedding.fixture.ServiceProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Tests hundreds of callers with large requests or responses at once: memory stays within the heap, and others are
 * served.
 */
@Tag("soak")
class HeavyCallersIT {

    private static final long HEAP_MEGABYTES = 512;

    /** Memory beside the heap: the engine, code, threads and the event loops' receive buffers. */
    private static final long REST_MEGABYTES = 400;

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static ServiceProcess startWith(String model) {
        return ServiceProcess.configure()
                .with("JAVA_TOOL_OPTIONS", "-Xmx" + HEAP_MEGABYTES + "m")
                .with(
                        "EMBEDDING_MODEL_NAME",
                        ReferenceModel.of(model).directory().toString())
                .ready();
    }

    private static void requireBounded(ServiceProcess service) {
        assertThat(service.status("VmHWM") / 1024).isLessThan(HEAP_MEGABYTES + REST_MEGABYTES);
    }

    @Test
    void boundsSixHundredBodiesOfTenMegabytes() throws InterruptedException {
        byte[] body = ("{\"texts\": [\"" + "a ".repeat(4_999_990) + "\"]}").getBytes(StandardCharsets.UTF_8);
        try (ServiceProcess service = startWith("bert-cls-normalize");
                SteadyCaller caller = SteadyCaller.of(service)) {
            AtomicInteger served = new AtomicInteger();
            AtomicInteger rejected = new AtomicInteger();
            List<Thread> senders = new ArrayList<>();
            CountDownLatch begin = new CountDownLatch(1);
            for (int sender = 0; sender < 600; sender++) {
                senders.add(new Thread(null, () -> send(service, body, begin, served, rejected), "sender", 1 << 16));
            }
            senders.forEach(Thread::start);
            begin.countDown();
            for (Thread sender : senders) {
                sender.join(PATIENCE.toMillis());
            }

            String what = served + " served, " + rejected + " rejected, " + service.status("VmHWM") / 1024 + " MB";
            assertThat(served.get() + rejected.get()).as(what).isEqualTo(600);
            assertThat(served).as(what).hasPositiveValue();
            requireBounded(service);
            caller.awaitAnswer();
            System.out.println(what);
        }
    }

    private static void send(
            ServiceProcess service, byte[] body, CountDownLatch begin, AtomicInteger served, AtomicInteger rejected) {
        try (RawConnection connection = service.connect()) {
            begin.await();
            connection.sendHead("POST /embed", "Content-Length: " + body.length);
            connection.send(body);
            int status = connection.head().status();
            (status == 200 ? served : rejected).incrementAndGet();
        } catch (IOException closed) {
            rejected.incrementAndGet(); // The response came before the whole body was sent.
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void boundsTheResponsesOfTwoHundredCallersThatDoNotRead() throws IOException {
        byte[] body =
                Answer.jsonOf(Map.of("texts", Collections.nCopies(1_000, "a"))).getBytes(StandardCharsets.UTF_8);
        try (ServiceProcess service = startWith("static-embedding");
                SteadyCaller caller = SteadyCaller.of(service)) {
            List<RawConnection> deaf = new ArrayList<>();
            try {
                for (int connection = 0; connection < 200; connection++) {
                    deaf.add(service.connect());
                }
                for (RawConnection connection : deaf) {
                    for (int request = 0; request < 20; request++) {
                        connection
                                .sendHead("POST /embed", "Content-Length: " + body.length)
                                .send(body);
                    }
                }
                caller.awaitAnswer();
            } finally {
                for (RawConnection connection : deaf) {
                    connection.close();
                }
            }

            requireBounded(service);
            caller.awaitAnswer();
            System.out.println("deaf: " + service.status("VmHWM") / 1024 + " MB");
        }
    }
}
