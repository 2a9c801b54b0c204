package dev.embedding.reload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.reload.SettingsHealth.Fault;
import dev.embedding.settings.AllowedModels;
import dev.embedding.settings.SampleSettings;
import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.StatusBoard.ReplicaStatus;
import dev.embedding.settings.StoredRow;
import dev.embedding.settings.StoredSettings;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StatusReportTest {

    private final List<ReplicaStatus> published = new ArrayList<>();
    private final StatusReport report = new StatusReport(
            Optional.of("database"),
            Optional.of(rows -> {
                published.addAll(rows);
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
        report.following(rows("port=9001"));
        report.applied();
        report.publish();
        report.following(rows("port=1", "max_batch_size=0"));
        report.publish();
        report.modelFails("default", "no model");
        report.publish();
        report.modelFollows("default");
        report.following(rows("port=9003"));
        report.applied();
        report.publish();

        String bad = "port must be a whole number from 1024 to 65535, not '1';"
                + " max_batch_size must be a whole number from 1 to 1024, not '0'";
        String first = rows("port=9001").hash();
        String second = rows("port=1", "max_batch_size=0").hash();
        String third = rows("port=9003").hash();
        assertThat(published)
                .containsExactly(
                        new ReplicaStatus("replica:8001", first, first, "applied", ""),
                        new ReplicaStatus("replica:8001", second, first, "degraded", bad),
                        new ReplicaStatus("replica:8001", second, first, "failed", bad + "; no model"),
                        new ReplicaStatus("replica:8001", third, third, "applied", ""));
    }

    @Test
    void publishesARowForEachFurtherModelUntilItGoes() {
        FollowedRows rows = rows("models.a.model_name=a", "models.b.model_name=b", "models.b.precision=fp9", "x=1");
        report.following(rows);
        report.applied("a");
        report.modelFails("a", "no file");
        report.publish();
        report.modelFollows("a");
        report.following(rows("models.a.model_name=a"));
        report.applied("a");
        report.applied();
        report.publish();
        report.following(rows());
        report.publish();

        String unknown = "'x' is no setting; its row is ignored";
        String bad = "models.b.precision must be fp32, fp16, int8 or int8-fine, not 'fp9'";
        String a = rows.hashOf("a");
        String whole = rows("models.a.model_name=a").hash();
        assertThat(published)
                .containsExactly(
                        new ReplicaStatus("replica:8001", rows.hash(), "", "degraded", bad + "; no file; " + unknown),
                        new ReplicaStatus("replica:8001/a", a, a, "failed", "no file"),
                        new ReplicaStatus("replica:8001/b", rows.hashOf("b"), "", "degraded", bad),
                        new ReplicaStatus("replica:8001", whole, whole, "applied", ""),
                        new ReplicaStatus("replica:8001/a", a, a, "applied", ""),
                        new ReplicaStatus("replica:8001", rows().hash(), whole, "loading", ""));
        assertThat(report.health().faults()).isEmpty();
    }

    private static FollowedRows rows(String... assignments) {
        List<StoredRow> rows = Stream.of(assignments)
                .map(text -> text.split("=", -1))
                .map(parts -> new StoredRow(parts[0], parts[1]))
                .toList();
        ServiceSettings environment = SampleSettings.ONE;
        return new FollowedRows(rows, StoredSettings.of(rows, environment, environment, AllowedModels.ALL));
    }

    @Test
    void writesTheNewestLast() {
        List<UniEmitter<? super Void>> writes = new ArrayList<>();
        StatusReport slow = new StatusReport(
                Optional.of("database"),
                Optional.of(rows -> {
                    published.addAll(rows);
                    return Uni.createFrom().emitter(writes::add);
                }),
                "replica:8001");
        slow.following(rows("port=9001"));
        slow.publish();
        slow.applied();
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
