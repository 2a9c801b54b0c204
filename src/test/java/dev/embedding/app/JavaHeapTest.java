package dev.embedding.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class JavaHeapTest {

    private final HotSpotDiagnosticMXBean diagnostics =
            Objects.requireNonNull(ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class));

    @Test
    void keepsAnIntervalThatIsAlreadySet() {
        JavaHeap.shrinkWhenIdle(Duration.ofMinutes(10));
        JavaHeap.shrinkWhenIdle(Duration.ofMinutes(20));

        assertThat(diagnostics.getVMOption(JavaHeap.INTERVAL_MILLIS).getValue()).isEqualTo("600000");
    }
}
