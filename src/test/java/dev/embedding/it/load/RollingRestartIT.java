package dev.embedding.it.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.fixture.Await;
import dev.embedding.fixture.ServiceClient;
import dev.embedding.fixture.ServiceProcess;
import dev.embedding.fixture.ServiceStart;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Tests rolling restarts of replicas under load. */
@EnabledOnOs({OS.LINUX, OS.MAC})
@Tag("soak")
class RollingRestartIT {

    /** Number of restarts; 20 with the profile soak. */
    private static final int RESTARTS = Integer.getInteger("embedding.test.restarts", 20);

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void losesNoRequest() {
        List<ServiceStart> replicas = List.of(replica(), replica());
        ServiceProcess[] running = replicas.stream().map(ServiceStart::ready).toArray(ServiceProcess[]::new);
        List<ServiceClient> clients =
                List.of(running).stream().map(ServiceProcess::client).toList();
        RoundRobin callers = new RoundRobin(clients);
        try {
            for (int restart = 0; restart < RESTARTS; restart++) {
                int replica = restart % running.length;
                running[replica].terminate();
                assertThat(running[replica].exitCode()).isIn(0, 143);
                running[replica].close();
                running[replica] = replicas.get(replica).ready();
                Await.until(PATIENCE, () -> callers.isReady(clients.get(replica)), () -> "Not seen as ready");
            }
        } finally {
            callers.close();
            for (ServiceProcess service : running) {
                service.close();
            }
        }

        assertThat(callers.lost()).isEmpty();
        assertThat(callers.served()).isGreaterThan(RESTARTS);
    }

    private static ServiceStart replica() {
        return ServiceProcess.configure().with("EMBEDDING_SHUTDOWN_DELAY", "2s");
    }
}
