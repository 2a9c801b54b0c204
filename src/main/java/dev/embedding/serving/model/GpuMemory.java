package dev.embedding.serving.model;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Memory in use on the first GPU, as {@code nvidia-smi} reports it; ONNX Runtime's Java interface has no figures of its
 * own arena, so both are the device's.
 *
 * @param allocatedMb in use, in MiB
 * @param reservedMb the same: the arena keeps what it took
 */
public record GpuMemory(double allocatedMb, double reservedMb) {

    private static final List<String> COMMAND =
            List.of("nvidia-smi", "--id=0", "--query-gpu=memory.used", "--format=csv,noheader,nounits");

    private static final long PATIENCE_SECONDS = 5;

    /** Asks the driver; empty when it does not answer. Takes some tens of milliseconds. */
    public static Optional<GpuMemory> query() {
        try {
            Process process =
                    new ProcessBuilder(COMMAND).redirectErrorStream(true).start();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
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
