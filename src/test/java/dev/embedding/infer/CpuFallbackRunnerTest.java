package dev.embedding.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CpuFallbackRunnerTest {

    private static final TokenBatch BATCH = TokenBatch.of(List.of(new int[] {1, 2, 3}));

    private final AtomicInteger opened = new AtomicInteger();
    private final FakeRunner cpu = new FakeRunner(null);

    @Test
    void computesABatchOnTheCpuWhenTheGpuIsOutOfMemory() throws OrtException {
        FakeRunner gpu = new FakeRunner("Failed to allocate memory for requested buffer of size 123");
        CpuFallbackRunner overflow = overflow(gpu);

        overflow.run(BATCH, new Workspace(), new RunTermination());
        overflow.run(BATCH, new Workspace(), new RunTermination());

        assertThat(gpu.runs).isEqualTo(2);
        assertThat(cpu.runs).isEqualTo(2);
        assertThat(opened).hasValue(1);
    }

    @Test
    void opensNoCpuSessionWhileTheGpuComputes() throws OrtException {
        FakeRunner gpu = new FakeRunner(null);

        overflow(gpu).run(BATCH, new Workspace(), new RunTermination());

        assertThat(gpu.runs).isOne();
        assertThat(opened).hasValue(0);
    }

    @Test
    void rethrowsOtherFailures() {
        CpuFallbackRunner overflow = overflow(new FakeRunner("an illegal memory access was encountered"));

        assertThatThrownBy(() -> overflow.run(BATCH, new Workspace(), new RunTermination()))
                .hasMessageContaining("illegal memory access");

        assertThat(opened).hasValue(0);
    }

    @Test
    void closesBothSessions() throws OrtException {
        FakeRunner gpu = new FakeRunner("CUDA error: out of memory");
        CpuFallbackRunner overflow = overflow(gpu);
        overflow.run(BATCH, new Workspace(), new RunTermination());

        overflow.close();

        assertThat(gpu.closed).isTrue();
        assertThat(cpu.closed).isTrue();
    }

    private CpuFallbackRunner overflow(FakeRunner gpu) {
        return new CpuFallbackRunner(gpu, () -> {
            opened.incrementAndGet();
            return cpu;
        });
    }

    private static final class FakeRunner implements BatchRunner {
        private final @Nullable String failure;
        int runs;
        boolean closed;

        FakeRunner(@Nullable String failure) {
            this.failure = failure;
        }

        @Override
        public TokenVectors run(TokenBatch batch, Workspace workspace, RunTermination termination) throws OrtException {
            runs++;
            if (failure != null) {
                throw new OrtException(failure);
            }
            return new TokenVectors(FloatBuffer.allocate(3), 3, 1);
        }

        @Override
        public int dimension() {
            return 1;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
