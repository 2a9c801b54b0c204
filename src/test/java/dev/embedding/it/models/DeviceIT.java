package dev.embedding.it.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.fixture.ReferenceVectors;
import dev.embedding.fixture.ServiceProcess;
import dev.embedding.it.api.ContractIT;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Checks the reported device on a machine without a usable GPU; {@link ContractIT} checks the default. */
@Tag("thorough")
class DeviceIT {

    private static final double TOLERANCE = 2e-6;

    @Test
    void isAFaultWhenTheRequestedGpuIsMissing() {
        try (ServiceProcess service =
                ServiceProcess.configure().with("EMBEDDING_DEVICE", "cuda").ready()) {
            JsonNode health = health(service);
            assumeTrue(
                    health.path("dependencies")
                            .path("device_actual")
                            .textValue()
                            .equals("cpu"),
                    "There is a GPU");

            assertThat(health.path("status").textValue()).isEqualTo("degraded");
            assertThat(health.path("dependencies").path("device").textValue()).isEqualTo("cuda");
            assertThat(health.path("dependencies").path("device_fault").textValue())
                    .isNotBlank();
            requireReferenceVectors(service);
            assertThat(service.output().lines())
                    .filteredOn(line -> line.contains(" WARN "))
                    .singleElement()
                    .asString()
                    .contains("cuda");
        }
    }

    @Test
    void isTheCpuWithoutAWarningWhenItIsRequested() {
        try (ServiceProcess service =
                ServiceProcess.configure().with("EMBEDDING_DEVICE", "cpu").ready()) {
            JsonNode health = health(service);

            assertThat(health.path("status").textValue()).isEqualTo("healthy");
            assertThat(health.path("dependencies").path("device").textValue()).isEqualTo("cpu");
            assertThat(health.path("dependencies").path("device_actual").textValue())
                    .isEqualTo("cpu");
            requireReferenceVectors(service);
            assertThat(service.output()).doesNotContain(" WARN ").doesNotContain(" ERROR ");
        }
    }

    @Test
    void isNoFaultWhenTheDeviceIsAuto() {
        try (ServiceProcess service =
                ServiceProcess.configure().with("EMBEDDING_DEVICE", "auto").ready()) {
            assertThat(health(service).path("status").textValue()).isEqualTo("healthy");
            assertThat(health(service).path("dependencies").path("device").textValue())
                    .isEqualTo("auto");
        }
    }

    private static JsonNode health(ServiceProcess service) {
        return service.client().get("/health").json();
    }

    private static void requireReferenceVectors(ServiceProcess service) {
        ReferenceVectors reference = ReferenceVectors.ofBgeSmall();
        for (ReferenceVectors.Row row : reference.rows().subList(0, 10)) {
            ReferenceVectors.requireNear(
                    service.client().embed(row.text()).vectors().get(0), row.vector(), TOLERANCE);
        }
    }
}
