package dev.embedding.app;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.VMOption;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sizing of the Java heap, which starts at a 64th of the machine's memory, far more than this service needs. G1 shrinks
 * it only in a full or concurrent collection, which a far too large heap does not trigger.
 */
final class JavaHeap {

    static final String INTERVAL_MILLIS = "G1PeriodicGCInterval";

    private JavaHeap() {}

    /**
     * Shrinks the heap to its content, once; concurrently where the JVM has {@code -XX:+ExplicitGCInvokesConcurrent},
     * else in a stop-the-world pause.
     */
    static void shrinkAfter(Duration delay) {
        CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS)
                .execute(System::gc);
    }

    /**
     * Collects and shrinks the heap whenever no collection ran for this long; an interval given to the JVM takes
     * precedence.
     */
    static void shrinkWhenIdle(Duration idle) {
        try {
            @Nullable
            HotSpotDiagnosticMXBean diagnostics = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
            if (diagnostics != null
                    && diagnostics.getVMOption(INTERVAL_MILLIS).getOrigin() == VMOption.Origin.DEFAULT) {
                diagnostics.setVMOption(INTERVAL_MILLIS, Long.toString(idle.toMillis()));
            }
        } catch (IllegalArgumentException unknown) {
            System.getLogger(JavaHeap.class.getName())
                    .log(
                            System.Logger.Level.DEBUG,
                            "This JVM does not shrink its heap while idle: {0}",
                            unknown.getMessage());
        }
    }
}
