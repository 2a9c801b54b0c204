package dev.embedding.serving.model.quantized;

import dev.embedding.infer.quantize.ModelQuantizer;
import dev.embedding.infer.quantize.ModelQuantizer.Task;
import dev.embedding.infer.runtime.InferenceException;
import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.model.Precision;
import dev.embedding.model.Quantization;
import dev.embedding.model.Quantization.Fidelity;
import dev.embedding.model.Quantization.Made;
import dev.embedding.model.SpaceFingerprint;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.serving.model.ModelHost;
import dev.embedding.serving.model.ModelOptions;
import dev.embedding.support.ProcessDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Quantized models, made of fp32 ones where no file of that precision is shipped. One that was made is kept with its
 * figures; the key covers all that it depends on.
 */
public final class QuantizedModels {

    private static final System.Logger LOG = System.getLogger(QuantizedModels.class.getName());
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final ModelHost host;
    private final QuantizedFiles files;
    private final double minCosine;
    private volatile boolean stopped;

    /**
     * @param directory where they are kept
     * @param minCosine what the text that fares worst must reach against fp32
     */
    public QuantizedModels(ModelHost host, Path directory, double minCosine) {
        this.host = host;
        this.files = new QuantizedFiles(directory);
        this.minCosine = minCosine;
    }

    /** Ends what is being made. */
    public void stop() {
        stopped = true;
    }

    /**
     * The model with the quantized file that it asks for; as it is when it asks for none.
     *
     * @throws ModelUnavailableException when the file cannot be made, or is too far from fp32
     */
    public ModelDescription completed(ModelDescription model, ModelOptions options) {
        if (model.quantization().isEmpty()) {
            return model;
        }
        Quantization wanted = model.quantization().get();
        try {
            ModelQuantizer quantizer = new ModelQuantizer(host.runtime());
            String key = SpaceFingerprint.of(model).value(true) + "-" + host.engineVersion() + "-" + quantizer.form();
            Optional<Made> kept = files.find(key);
            Made made = kept.isPresent() ? kept.get() : make(model, wanted, key, quantizer, options);
            requireNear(model, wanted, made.fidelity());
            return model.quantized(made);
        } catch (IOException failure) {
            LOG.log(System.Logger.Level.WARNING, "Quantization failed", failure);
            throw refused(model, wanted, "files could not be read or written; the log says which", failure);
        } catch (InferenceException failure) {
            throw refused(model, wanted, String.valueOf(failure.getMessage()), failure);
        }
    }

    private Made make(
            ModelDescription model, Quantization wanted, String key, ModelQuantizer quantizer, ModelOptions options)
            throws IOException {
        long start = System.nanoTime();
        LOG.log(
                System.Logger.Level.INFO,
                "Quantizing {0} to {1}",
                model.name(),
                wanted.precision().label());
        boolean canBeKept = true;
        Path temporary;
        try {
            temporary = files.temporary();
        } catch (IOException readOnly) {
            canBeKept = false;
            temporary = Files.createTempFile(ProcessDirectory.path(), "quantized", ".onnx");
            ProcessDirectory.deleteAtExit(temporary);
            LOG.log(
                    System.Logger.Level.WARNING,
                    "The model_cache_dir cannot be written: the quantized model is made at each start");
        }
        boolean inUse = false;
        try {
            Fidelity fidelity = make(model, wanted, temporary, quantizer, options);
            requireNear(model, wanted, fidelity);
            Made made =
                    canBeKept ? files.keep(key, temporary, wanted.recipe(), fidelity) : new Made(temporary, fidelity);
            inUse = true;
            LOG.log(
                    System.Logger.Level.INFO,
                    String.format(
                            Locale.ROOT,
                            "Quantized in %.1f s; of %d texts the least cosine to fp32 is %.4f, the mean %.4f, and %.1f %%"
                                    + " of the ten nearest are the same",
                            (System.nanoTime() - start) / 1e9,
                            fidelity.texts(),
                            fidelity.minCosine(),
                            fidelity.meanCosine(),
                            100 * fidelity.recallAt10()));
            return made;
        } finally {
            if (!inUse) {
                Files.deleteIfExists(temporary);
            }
        }
    }

    private Fidelity make(
            ModelDescription model, Quantization wanted, Path target, ModelQuantizer quantizer, ModelOptions options)
            throws IOException {
        List<String> texts = BuiltInTexts.COMPARISON.read();
        List<float[]> exact;
        List<int[]> calibration;
        LoadedModel original = LoadedModel.load(model.unquantized(), options, host);
        try {
            exact = vectors(original, texts);
            calibration = BuiltInTexts.CALIBRATION.read().stream()
                    .map(original::tokenIds)
                    .filter(ids -> ids.length > 0)
                    .toList();
        } finally {
            close(original);
        }
        quantizer.quantize(
                new Task(
                        model.weights(),
                        wanted.precision() == Precision.INT8_FINE,
                        model.readsFirstTokenOnly(),
                        model.padTokenId()),
                calibration,
                target,
                this::requireRunning);
        LoadedModel quantized =
                LoadedModel.load(model.quantized(new Made(target, new Fidelity(0, 0, 0, 0))), options, host);
        try {
            return VectorComparison.between(exact, vectors(quantized, texts));
        } finally {
            close(quantized);
        }
    }

    private List<float[]> vectors(LoadedModel model, List<String> texts) {
        requireRunning();
        return model.encode(texts, PATIENCE);
    }

    private void requireRunning() {
        if (stopped) {
            throw new ModelUnavailableException("The service is shutting down");
        }
    }

    private static void close(LoadedModel model) {
        try {
            model.close(PATIENCE);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void requireNear(ModelDescription model, Quantization wanted, Fidelity fidelity) {
        if (!(fidelity.minCosine() >= minCosine)) {
            throw new ModelUnavailableException(String.format(
                    Locale.ROOT,
                    "Model %s in %s is too far from fp32: the least cosine of %d texts is %.4f, and EMBEDDING_MIN_COSINE"
                            + " asks for %s; set precision to %sfp32",
                    model.name(),
                    wanted.precision().label(),
                    fidelity.texts(),
                    fidelity.minCosine(),
                    minCosine,
                    wanted.precision() == Precision.INT8 ? "int8-fine or " : ""));
        }
    }

    private static ModelUnavailableException refused(
            ModelDescription model, Quantization wanted, String why, Exception cause) {
        return new ModelUnavailableException(
                "Model " + model.name() + " cannot be quantized to "
                        + wanted.precision().label() + ": " + why + "; set precision to fp32, or ship a quantized file",
                cause);
    }
}
