package dev.embedding.it.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.fixture.Answer;
import dev.embedding.fixture.Await;
import dev.embedding.fixture.ServiceClient;
import dev.embedding.fixture.ServiceProcess;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Embeds a text repeatedly while a test does something else; closing requires that every response was 200. */
public final class SteadyCaller implements AutoCloseable {

    private static final String SPACE = "X-Embedding-Space";

    private final ServiceClient client;
    private final String[] headers;
    private final Thread thread;
    private final AtomicLong responses = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile boolean over;

    private SteadyCaller(ServiceClient client, List<String> headers) {
        this.client = client;
        this.headers = headers.toArray(String[]::new);
        this.thread = new Thread(this::ask, "steady-caller");
    }

    public static SteadyCaller of(ServiceProcess service) {
        return start(service, List.of());
    }

    /** One that pins a vector space and requires it of every response. */
    public static SteadyCaller pinned(ServiceProcess service, String space) {
        return start(service, List.of(SPACE, space));
    }

    private static SteadyCaller start(ServiceProcess service, List<String> headers) {
        SteadyCaller caller = new SteadyCaller(service.client(), headers);
        caller.thread.start();
        return caller;
    }

    private void ask() {
        try {
            while (!over) {
                Answer answer = client.embed(List.of("whatever happens"), headers);
                assertThat(answer.status()).as(answer.text()).isEqualTo(200);
                if (headers.length > 0) {
                    assertThat(answer.header(SPACE)).contains(headers[1]);
                }
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
