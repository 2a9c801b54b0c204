package dev.embedding.it.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.fixture.Answer;
import dev.embedding.fixture.Await;
import dev.embedding.fixture.MariaDb;
import dev.embedding.fixture.RawConnection;
import dev.embedding.fixture.ReferenceVectors;
import dev.embedding.fixture.ServiceProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Runs everything at once for {@code -Dsoak.seconds}: requests of all sizes, callers that disconnect, short deadlines,
 * malformed bodies, changing models, a database that stops. Every vector is compared with its text's reference, and no
 * resource may leak.
 */
@Tag("soak")
class SoakIT {

    private static final String BGE_SMALL = "BAAI/bge-small-en-v1.5";
    private static final String MINI_LM = ReferenceVectors.MINI_LM.toString();
    private static final Map<String, ReferenceVectors> REFERENCE =
            Map.of(BGE_SMALL, ReferenceVectors.ofBgeSmall(), MINI_LM, ReferenceVectors.ofMiniLm());
    private static final double TOLERANCE = 2e-5;
    /** Success, overload, deadline expired. */
    private static final Set<Integer> EXPECTED = Set.of(200, 429, 504);

    private static final Duration RELOAD_EVERY = Duration.ofSeconds(4);
    private static final Duration DATABASE_STAYS = Duration.ofSeconds(9);
    private static final int MORE_THREADS = 8;
    private static final int MORE_FILES = 32;
    private static final double MORE_MEMORY = 1.15;

    private final long seed = Long.getLong("soak.seed", System.nanoTime());
    private final Instant start = Instant.now();
    private final Duration length = Duration.ofSeconds(Long.getLong("soak.seconds", 120));
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final AtomicLong vectors = new AtomicLong();
    private final AtomicLong refusals = new AtomicLong();
    private int modelsWanted;
    private final CountDownLatch over = new CountDownLatch(1);

    /** Resources that a process holds. */
    private record Holdings(long threads, long files, long residentKilobytes, double directBytes) {
        /** The maximum of each. */
        Holdings or(Holdings other) {
            return new Holdings(
                    Math.max(threads, other.threads),
                    Math.max(files, other.files),
                    Math.max(residentKilobytes, other.residentKilobytes),
                    Math.max(directBytes, other.directBytes));
        }

        static Holdings of(ServiceProcess service) {
            try (Stream<Path> files = Files.list(Path.of("/proc", Long.toString(service.pid()), "fd"))) {
                return new Holdings(
                        service.status("Threads"),
                        files.count(),
                        service.status("VmRSS"),
                        service.client().meter("jvm_buffer_memory_used_bytes{id=\"direct\"}"));
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    @Test
    void losesNoRequestMixesNoVectorsAndLeaksNothing() throws InterruptedException {
        try (MariaDb database = MariaDb.started();
                ServiceProcess service = ServiceProcess.configure()
                        .with("EMBEDDING_DEVICE", "cpu")
                        .with("EMBEDDING_USE_DB_SETTINGS", "true")
                        .with("EMBEDDING_DB_URL", database.url())
                        .with("EMBEDDING_DB_TIMEOUT", "1s")
                        .with("EMBEDDING_SETTINGS_POLL_INTERVAL", "1s")
                        .ready()) {
            List<Thread> threads = new ArrayList<>();
            for (int client = 0; client < 6; client++) {
                threads.add(thread("client-" + client, seed + client, random -> embed(service, random)));
            }
            threads.add(thread("impatient", seed + 100, random -> disconnect(service, random)));
            threads.add(thread("malformed", seed + 200, random -> sendNonsense(service, random)));
            threads.add(thread("operator", seed + 300, random -> changeModels(database)));
            threads.add(thread("outage", seed + 400, random -> stopAndStart(database)));

            Holdings early = mostUntil(2.0 / 3, service); // the first third warms up
            Holdings late = mostUntil(1, service);
            over.countDown();
            for (Thread thread : threads) {
                thread.join();
            }

            int reloads = service.client()
                    .get("/metrics")
                    .json()
                    .path("model_reloads")
                    .intValue();
            String what = "seed " + seed + ", " + vectors + " vectors, " + refusals + " refusals, " + reloads
                    + " reloads, " + early + ", " + late;
            assertThat(failure.get()).as(what).isNull();
            assertThat(vectors).as(what).hasPositiveValue();
            assertThat(late.threads()).as(what).isLessThanOrEqualTo(early.threads() + MORE_THREADS);
            assertThat(late.files()).as(what).isLessThanOrEqualTo(early.files() + MORE_FILES);
            assertThat((double) late.residentKilobytes())
                    .as(what)
                    .isLessThanOrEqualTo(early.residentKilobytes() * MORE_MEMORY);
            assertThat(late.directBytes()).as(what).isLessThanOrEqualTo(early.directBytes() * 1.5 + (32 << 20));
            System.out.println(what);
        }
    }

    /** Maximum of each resource during the third of the time that ends at a share of it, as models change. */
    private Holdings mostUntil(double share, ServiceProcess service) {
        Await.until(length, () -> isOver() || isPast(share - 1.0 / 3), () -> "not over");
        Holdings most = Holdings.of(service);
        while (!isOver() && !isPast(share)) {
            pause(Duration.ofMillis(500));
            most = most.or(Holdings.of(service));
        }
        return most;
    }

    private boolean isPast(double share) {
        return Duration.between(start, Instant.now()).toMillis() >= share * length.toMillis();
    }

    private boolean isOver() {
        return failure.get() != null || isPast(1);
    }

    /** Starts a thread that repeats an action, with its own random generator. */
    private Thread thread(String name, long seedOfThread, Consumer<Random> once) {
        Random random = new Random(seedOfThread);
        Thread thread = new Thread(
                () -> {
                    try {
                        while (!isOver()) {
                            once.accept(random);
                        }
                    } catch (RuntimeException | Error failed) {
                        failure.compareAndSet(null, failed);
                    }
                },
                name);
        thread.start();
        return thread;
    }

    private List<Integer> rows(Random random) {
        int count = random.nextInt(4) == 0 ? 1 + random.nextInt(24) : 1;
        return random.ints(count, 0, bgeRows()).boxed().toList();
    }

    private static int bgeRows() {
        return reference(BGE_SMALL).rows().size();
    }

    private static List<String> texts(List<Integer> rows) {
        return rows.stream()
                .map(row -> reference(BGE_SMALL).rows().get(row).text())
                .toList();
    }

    private void embed(ServiceProcess service, Random random) {
        List<Integer> rows = rows(random);
        String[] headers = random.nextInt(10) == 0
                ? new String[] {"X-Request-Timeout-Ms", Integer.toString(1 + random.nextInt(400))}
                : new String[0];
        Answer answer = service.client().embed(texts(rows), headers);
        assertThat(answer.status()).as(answer.text()).isIn(EXPECTED);
        if (answer.status() != 200) {
            refusals.incrementAndGet();
            return;
        }
        List<float[]> answered = answer.vectors();
        assertThat(answered).hasSameSizeAs(rows);
        String model = answer.json().path("model_name").textValue();
        for (int index = 0; index < answered.size(); index++) {
            ReferenceVectors.requireNear(
                    answered.get(index),
                    reference(model).rows().get(rows.get(index)).vector(),
                    TOLERANCE);
        }
        vectors.addAndGet(answered.size());
    }

    /** Uses separate connections: a pool would give one that is being reset to another caller. */
    private void disconnect(ServiceProcess service, Random random) {
        byte[] body = Answer.jsonOf(Map.of("texts", texts(rows(random)))).getBytes(StandardCharsets.UTF_8);
        try (RawConnection connection = service.connect()) {
            connection.sendHead("POST /embed", "Content-Length: " + body.length).send(body);
            connection.resetAfter(Duration.ofMillis(1 + random.nextInt(40)));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void sendNonsense(ServiceProcess service, Random random) {
        byte[] valid = "{\"texts\": [\"some text\", \"another\"]}".getBytes(StandardCharsets.UTF_8);
        byte[] body = new byte[random.nextInt(valid.length)];
        System.arraycopy(valid, 0, body, 0, body.length);
        for (int changes = random.nextInt(4); changes > 0 && body.length > 0; changes--) {
            body[random.nextInt(body.length)] = (byte) random.nextInt(256);
        }
        Answer answer = service.client().postJson(random.nextBoolean() ? "/embed" : "/embed/single", body);
        assertThat(answer.status()).as(answer.text()).isLessThan(500);
    }

    private void changeModels(MariaDb database) {
        modelsWanted++;
        String model = modelsWanted % 2 == 0 ? BGE_SMALL : MINI_LM;
        database.tryQuery("REPLACE INTO service_settings VALUES ('embedding-service', 'model_name', '" + model + "')");
        pause(RELOAD_EVERY);
    }

    private void stopAndStart(MariaDb database) {
        pause(DATABASE_STAYS);
        database.stop();
        pause(Duration.ofSeconds(2));
        database.start();
    }

    /** Waits while the load continues; ends with the test. */
    private void pause(Duration duration) {
        try {
            boolean unused = over.await(duration.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static ReferenceVectors reference(String model) {
        return Objects.requireNonNull(REFERENCE.get(model), model);
    }
}
