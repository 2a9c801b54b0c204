package dev.embedding.serving.model.quantized;

import dev.embedding.infer.quantize.ModelQuantizer;
import dev.embedding.infer.quantize.ModelQuantizer.Task;
import dev.embedding.infer.quantize.QuantizedFile;
import dev.embedding.infer.runtime.InferenceException;
import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.model.Precision;
import dev.embedding.model.Quantization;
import dev.embedding.model.Quantization.Fidelity;
import dev.embedding.model.Quantization.Made;
import dev.embedding.model.SpaceFingerprint;
import dev.embedding.serving.model.GraphSources;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.serving.model.ModelHost;
import dev.embedding.serving.model.ModelOptions;
import dev.embedding.support.ProcessDirectory;
import dev.embedding.vector.VectorHead;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Quantizes fp32 models where no file of the requested precision is shipped. A quantized model is stored with its
 * fidelity figures; the key covers everything it depends on.
 */
public final class QuantizedModels {

    private static final System.Logger LOG = System.getLogger(QuantizedModels.class.getName());
    private static final Duration TIMEOUT = Duration.ofMinutes(10);

    private final ModelHost host;
    private final QuantizedFiles files;
    private final double minCosine;
    private volatile boolean stopped;

    /**
     * @param directory where quantized models are stored
     * @param minCosine minimum cosine similarity to fp32 that every text must reach
     */
    public QuantizedModels(ModelHost host, Path directory, double minCosine) {
        this.host = host;
        this.files = new QuantizedFiles(directory);
        this.minCosine = minCosine;
    }

    /** Aborts a quantization that is in progress. */
    public void stop() {
        stopped = true;
    }

    /**
     * The model with its quantized file, or unchanged when it needs no quantization.
     *
     * @throws ModelUnavailableException when the file cannot be made, or is too far from fp32
     */
    public ModelDescription withQuantizedFile(ModelDescription model, ModelOptions options) {
        if (model.quantization().isEmpty()) {
            return model;
        }
        Quantization quantization = model.quantization().get();
        try {
            ModelQuantizer quantizer = new ModelQuantizer(host.runtime(), host.cores());
            String fingerprint = SpaceFingerprint.of(model, host.fileHashes()).value(true);
            String key = fingerprint + "-" + host.engineVersion() + "-" + quantizer.form();
            Optional<Made> stored = files.find(key);
            Made made = stored.isPresent() ? stored.get() : make(model, quantization, key, quantizer, options);
            requireFidelity(model, quantization, made.fidelity());
            return model.quantized(made);
        } catch (IOException failure) {
            LOG.log(System.Logger.Level.WARNING, "Quantizing failed", failure);
            throw failed(model, quantization, "files could not be read or written; the log says which", failure);
        } catch (InferenceException failure) {
            throw failed(model, quantization, String.valueOf(failure.getMessage()), failure);
        }
    }

    private Made make(
            ModelDescription model,
            Quantization quantization,
            String key,
            ModelQuantizer quantizer,
            ModelOptions options)
            throws IOException {
        long start = System.nanoTime();
        LOG.log(
                System.Logger.Level.INFO,
                "Quantizing {0} to {1}",
                model.name(),
                quantization.precision().label());
        boolean canBeStored = true;
        Path temporary;
        try {
            temporary = files.temporary();
        } catch (IOException readOnly) {
            canBeStored = false;
            temporary = Files.createTempDirectory(ProcessDirectory.path(), "quantized");
            LOG.log(
                    System.Logger.Level.WARNING,
                    "The model_cache_dir cannot be written: the quantized model is made at each start");
        }
        boolean isKept = false;
        try {
            Compared compared = make(model, quantization, temporary.resolve("model.onnx"), quantizer, options);
            Fidelity fidelity = compared.fidelity();
            requireFidelity(model, quantization, fidelity);
            Made made = canBeStored
                    ? files.store(key, compared.file(), quantization.recipe(), fidelity)
                    : new Made(compared.file().graph(), fidelity);
            isKept = !canBeStored;
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
            if (isKept) {
                ProcessDirectory.deleteAtExit(temporary);
            } else {
                delete(temporary);
            }
        }
    }

    private static void delete(Path temporary) throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(temporary)) {
            for (Path file : left) {
                Files.delete(file);
            }
        }
        Files.delete(temporary);
    }

    private record Compared(QuantizedFile file, Fidelity fidelity) {}

    private Compared make(
            ModelDescription model,
            Quantization quantization,
            Path target,
            ModelQuantizer quantizer,
            ModelOptions options)
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
        Optional<VectorHead> head = GraphSources.head(model);
        QuantizedFile file = quantizer.quantize(
                new Task(
                        GraphSources.shipped(model, head),
                        head,
                        quantization.precision() == Precision.INT8_FINE,
                        model.padTokenId()),
                calibration,
                target,
                this::requireRunning);
        LoadedModel quantized =
                LoadedModel.load(model.quantized(new Made(file.graph(), new Fidelity(0, 0, 0, 0))), options, host);
        try {
            return new Compared(file, VectorComparison.between(exact, vectors(quantized, texts)));
        } finally {
            close(quantized);
        }
    }

    private List<float[]> vectors(LoadedModel model, List<String> texts) {
        requireRunning();
        return model.encode(texts, TIMEOUT);
    }

    private void requireRunning() {
        if (stopped) {
            throw new ModelUnavailableException("The service is shutting down");
        }
    }

    private static void close(LoadedModel model) {
        try {
            model.close(TIMEOUT);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void requireFidelity(ModelDescription model, Quantization quantization, Fidelity fidelity) {
        if (!(fidelity.minCosine() >= minCosine)) {
            throw new ModelUnavailableException(String.format(
                    Locale.ROOT,
                    "Model %s in %s is too far from fp32: the least cosine of %d texts is %.4f, and EMBEDDING_MIN_COSINE"
                            + " asks for %s; set precision to %sfp32",
                    model.name(),
                    quantization.precision().label(),
                    fidelity.texts(),
                    fidelity.minCosine(),
                    minCosine,
                    quantization.precision() == Precision.INT8 ? "int8-fine or " : ""));
        }
    }

    private static ModelUnavailableException failed(
            ModelDescription model, Quantization quantization, String reason, Exception cause) {
        return new ModelUnavailableException(
                "Model " + model.name() + " cannot be quantized to "
                        + quantization.precision().label() + ": " + reason
                        + "; set precision to fp32, or ship a quantized file",
                cause);
    }
}
