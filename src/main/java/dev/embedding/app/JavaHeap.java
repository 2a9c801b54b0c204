package dev.embedding.app;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.VMOption;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The size of the Java heap, which begins at a 64th of the machine's memory, far more than this service lives on. G1
 * makes it smaller only at a full or concurrent collection, for which a heap that is far too large gives no cause.
 */
final class JavaHeap {

    static final String INTERVAL_MILLIS = "G1PeriodicGCInterval";

    private JavaHeap() {}

    /**
     * Makes the heap as small as its content allows, once; beside the requests where the JVM has {@code
     * -XX:+ExplicitGCInvokesConcurrent}, else all threads stand still for it.
     */
    static void shrinkAfter(Duration time) {
        CompletableFuture.delayedExecutor(time.toMillis(), TimeUnit.MILLISECONDS)
                .execute(System::gc);
    }

    /** Has the heap collected and shrunk when nothing was for as long; an interval that was given to the JVM stays. */
    static void shrinkWhenIdle(Duration idle) {
        try {
            @Nullable
            HotSpotDiagnosticMXBean machine = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
            if (machine != null && machine.getVMOption(INTERVAL_MILLIS).getOrigin() == VMOption.Origin.DEFAULT) {
                machine.setVMOption(INTERVAL_MILLIS, Long.toString(idle.toMillis()));
            }
        } catch (IllegalArgumentException unknown) {
            System.getLogger(JavaHeap.class.getName())
                    .log(System.Logger.Level.DEBUG, "This JVM keeps its heap while idle: {0}", unknown.getMessage());
        }
    }
}
