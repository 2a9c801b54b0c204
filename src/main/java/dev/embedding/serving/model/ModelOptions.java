package dev.embedding.serving.model;

import dev.embedding.infer.Device;
import java.util.Locale;

/**
 * Options for loading a model.
 *
 * @param device {@code cpu}, {@code cuda} or {@code auto}
 * @param maxBatchSize maximum number of texts in a batch
 * @param gpuMemoryLimit maximum GPU memory in bytes; 0 for no limit
 */
public record ModelOptions(String device, int maxBatchSize, long gpuMemoryLimit) {

    Device requestedDevice() {
        return Device.valueOf(device.toUpperCase(Locale.ROOT));
    }
}
