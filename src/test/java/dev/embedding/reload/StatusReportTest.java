package dev.embedding.reload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.reload.SettingsHealth.Fault;
import dev.embedding.settings.StatusBoard.ReplicaStatus;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StatusReportTest {

    private final List<ReplicaStatus> published = new ArrayList<>();
    private final StatusReport report = new StatusReport(
            Optional.of("database"),
            Optional.of(status -> {
                published.add(status);
                return Uni.createFrom().failure(new IllegalStateException("thrown by a test"));
            }),
            "replica:8001");

    @Test
    void tellsOfADatabaseOnlyWhereThereIsOne() {
        StatusReport ofFile = new StatusReport(Optional.of("file"), Optional.empty(), "replica:8001");
        ofFile.storeFailed("away");

        assertThat(report.health()).isEqualTo(new SettingsHealth("healthy", Map.of()));
        assertThat(ofFile.health().database()).isEqualTo("disabled");
        assertThat(ofFile.health().faults()).containsOnlyKeys("file_fault");
    }

    @Test
    void aFaultLastsFromItsFirstSightUntilItIsGone() {
        report.storeFailed("away");
        Instant since = since("database_fault");

        report.storeFailed("still away");

        assertThat(report.health().database()).isEqualTo("unhealthy");
        assertThat(report.health().faults()).containsEntry("database_fault", new Fault("still away", since));
        assertThat(report.storeAnswers()).isTrue();
        assertThat(report.health()).isEqualTo(new SettingsHealth("healthy", Map.of()));
    }

    @Test
    void publishesWhatWasSeenAndWhatIsInForce() {
        report.following("hash 1", List.of());
        report.applied("hash 1");
        report.publish();
        report.following("hash 2", List.of("port is bad", "host is bad"));
        report.publish();
        report.modelFails("no model");
        report.publish();
        report.modelFollows();
        report.following("hash 3", List.of());
        report.applied("hash 3");
        report.publish();

        assertThat(published)
                .containsExactly(
                        new ReplicaStatus("replica:8001", "hash 1", "hash 1", "applied", ""),
                        new ReplicaStatus("replica:8001", "hash 2", "hash 1", "degraded", "port is bad; host is bad"),
                        new ReplicaStatus(
                                "replica:8001", "hash 2", "hash 1", "failed", "port is bad; host is bad; no model"),
                        new ReplicaStatus("replica:8001", "hash 3", "hash 3", "applied", ""));
    }

    @Test
    void writesTheNewestLast() {
        List<UniEmitter<? super Void>> writes = new ArrayList<>();
        StatusReport slow = new StatusReport(
                Optional.of("database"),
                Optional.of(status -> {
                    published.add(status);
                    return Uni.createFrom().emitter(writes::add);
                }),
                "replica:8001");
        slow.following("hash 1", List.of());
        slow.publish();
        slow.applied("hash 1");
        slow.publish();
        slow.publish();
        assertThat(published).hasSize(1);

        writes.get(0).complete(null);

        assertThat(published).extracting(ReplicaStatus::state).containsExactly("loading", "applied");
        writes.get(1).fail(new IllegalStateException("thrown by a test"));
        assertThat(published).hasSize(2);
        slow.publish();
        assertThat(published).hasSize(3);
    }

    private Instant since(String fault) {
        return Optional.ofNullable(report.health().faults().get(fault))
                .map(Fault::since)
                .orElseThrow();
    }
}
