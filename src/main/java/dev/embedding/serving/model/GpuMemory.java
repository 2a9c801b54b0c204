package dev.embedding.serving.model;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Memory in use on the first GPU, as {@code nvidia-smi} reports it. ONNX Runtime's Java API does not report its memory
 * arena, so both values are those of the device.
 *
 * @param allocatedMb memory in use, in MiB
 * @param reservedMb the same value: the arena does not return memory
 */
public record GpuMemory(double allocatedMb, double reservedMb) {

    private static final List<String> COMMAND =
            List.of("nvidia-smi", "--id=0", "--query-gpu=memory.used", "--format=csv,noheader,nounits");

    private static final long TIMEOUT_SECONDS = 5;

    /** Queries the driver; empty when it fails or times out. Takes tens of milliseconds. */
    public static Optional<GpuMemory> query() {
        try {
            Process process =
                    new ProcessBuilder(COMMAND).redirectErrorStream(true).start();
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return Optional.empty();
            }
            return parse(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException noDriver) {
            return Optional.empty();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    static Optional<GpuMemory> parse(String output) {
        try {
            double used = Double.parseDouble(output.strip());
            return Optional.of(new GpuMemory(used, used));
        } catch (NumberFormatException notANumber) {
            return Optional.empty();
        }
    }
}
