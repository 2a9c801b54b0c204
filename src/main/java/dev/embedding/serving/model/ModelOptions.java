package dev.embedding.serving.model;

import dev.embedding.infer.Device;
import java.util.Locale;

/**
 * Options of loading a model.
 *
 * @param device {@code cpu}, {@code cuda} or {@code auto}
 * @param maxBatchSize most texts in one batch
 * @param gpuMemoryLimit bytes of GPU memory that may be taken; 0 for no limit
 */
public record ModelOptions(String device, int maxBatchSize, long gpuMemoryLimit) {

    Device requestedDevice() {
        return Device.valueOf(device.toUpperCase(Locale.ROOT));
    }
}
