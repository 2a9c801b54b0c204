package dev.embedding.it.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.fixture.Answer;
import dev.embedding.fixture.Await;
import dev.embedding.fixture.ServiceClient;
import dev.embedding.fixture.ServiceProcess;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Embeds a text repeatedly while a test does something else; closing requires that every response was 200. */
public final class SteadyCaller implements AutoCloseable {

    private final ServiceClient client;
    private final Thread thread;
    private final AtomicLong responses = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile boolean over;

    private SteadyCaller(ServiceClient client) {
        this.client = client;
        this.thread = new Thread(this::ask, "steady-caller");
    }

    public static SteadyCaller of(ServiceProcess service) {
        SteadyCaller caller = new SteadyCaller(service.client());
        caller.thread.start();
        return caller;
    }

    private void ask() {
        try {
            while (!over) {
                Answer answer = client.embed("whatever happens");
                assertThat(answer.status()).as(answer.text()).isEqualTo(200);
                responses.incrementAndGet();
            }
        } catch (RuntimeException | Error failed) {
            failure.compareAndSet(null, failed);
        }
    }

    /** Waits until it has received another response. */
    public void awaitAnswer() {
        long before = responses.get();
        Await.until(
                Duration.ofSeconds(30),
                () -> responses.get() > before || failure.get() != null,
                () -> "No response after " + before);
    }

    @Override
    public void close() {
        over = true;
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        assertThat(failure.get()).isNull();
        assertThat(responses).hasPositiveValue();
    }
}
