package dev.embedding.model;

import dev.embedding.vector.Pooling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * Description of a model, read from its files.
 *
 * @param name as the operator gave it
 * @param source where it was found
 * @param revision the commit of a hub's repository; empty for other sources
 * @param kind transformer or static table
 * @param graph where a transformer's graph comes from
 * @param weightFiles the ONNX file and then those with its external data, or the safetensors files of a
 *     built graph or a static model
 * @param precision of most of the weights that run: {@code fp32}, {@code fp16}, {@code bf16}, {@code int8},
 *     {@code int8-fine} or {@code int4}
 * @param quantization how the weights are quantized at loading; empty where they run as they are
 * @param scalesByBatch whether a text's vector depends on the others of its batch
 * @param tokenization how texts are tokenized
 * @param architecture {@code model_type} of {@code config.json}, or {@code static}
 * @param poolings the poolings, whose results are concatenated in this order; empty where the graph's pooled output is
 *     read although it has token vectors
 * @param poolingSource where the pooling is configured
 * @param graphEnd the graph's output that is read
 * @param modules the modules after the pooling, in order, without a Normalize at the end
 * @param normalizes whether the model's own modules end with Normalize
 * @param cutDimension number of components that vectors are truncated to, or, when negative, number of components that
 *     are dropped; a number beyond the dimension truncates nothing
 * @param matryoshkaDimensions dimensions that the model's vectors may be truncated to, ascending
 * @param padTokenId fills short rows of a batch
 * @param prompts texts that may be prepended to a request's texts
 * @param poolsPrompt whether a prompt's tokens count in the pooling
 * @param moduleNames types of all modules, in order, as in {@code modules.json}
 * @param files the model's files, by name relative to the model
 * @param sessionBytes memory that opening it takes at its peak, estimated
 */
public record ModelDescription(
        String name,
        Source source,
        Optional<String> revision,
        Kind kind,
        GraphOrigin graph,
        List<Path> weightFiles,
        String precision,
        Optional<Quantization> quantization,
        boolean scalesByBatch,
        Tokenization tokenization,
        String architecture,
        List<Pooling> poolings,
        PoolingSource poolingSource,
        OutputStage graphEnd,
        List<PostPoolingModule> modules,
        boolean normalizes,
        OptionalInt cutDimension,
        List<Integer> matryoshkaDimensions,
        int padTokenId,
        Prompts prompts,
        boolean poolsPrompt,
        List<String> moduleNames,
        SortedMap<String, Path> files,
        long sessionBytes) {

    public ModelDescription {
        weightFiles = List.copyOf(weightFiles);
        poolings = List.copyOf(poolings);
        modules = List.copyOf(modules);
        matryoshkaDimensions = List.copyOf(matryoshkaDimensions);
        moduleNames = List.copyOf(moduleNames);
    }

    /** The ONNX file, or the first safetensors file. */
    public Path weights() {
        return weightFiles.get(0);
    }

    /** The model before quantization. */
    public ModelDescription unquantized() {
        return with("fp32", Optional.empty(), false);
    }

    /** The model with its quantized file. */
    public ModelDescription quantized(Quantization.Made made) {
        return with(precision, quantization.map(planned -> planned.with(made)), scalesByBatch);
    }

    private ModelDescription with(String served, Optional<Quantization> other, boolean scales) {
        return new ModelDescription(
                name,
                source,
                revision,
                kind,
                graph,
                weightFiles,
                served,
                other,
                scales,
                tokenization,
                architecture,
                poolings,
                poolingSource,
                graphEnd,
                modules,
                normalizes,
                cutDimension,
                matryoshkaDimensions,
                padTokenId,
                prompts,
                poolsPrompt,
                moduleNames,
                files,
                sessionBytes);
    }

    /** The poolings' names, several with {@code +} between them. */
    public String pooling() {
        return poolings.stream().map(Pooling::label).collect(Collectors.joining("+"));
    }

    /** Whether the graph's pooled vectors lack the Dense modules, and these do not change the dimension. */
    public boolean leavesOutSquareDense() {
        List<DenseLayer> layers = denseLayers();
        return graphEnd == OutputStage.POOLED
                && !layers.isEmpty()
                && layers.get(0).inFeatures() == layers.get(layers.size() - 1).outFeatures();
    }

    /** The Dense modules, in order. */
    public List<DenseLayer> denseLayers() {
        return modules.stream()
                .filter(DenseLayer.class::isInstance)
                .map(DenseLayer.class::cast)
                .toList();
    }

    /** The served dimension of vectors with the given number of components. */
    public int servedDimension(int components) {
        int requested = cutDimension.orElse(components);
        return requested < 0 ? Math.max(1, components + requested) : Math.min(components, requested);
    }

    /** Bytes of the weights, external data included. */
    public long weightBytes() {
        try {
            long bytes = 0;
            for (Path file : weightFiles) {
                bytes += Files.size(file);
            }
            return bytes;
        } catch (IOException failure) {
            throw new ModelUnavailableException(
                    "Model " + name + ": " + weights().getFileName() + " cannot be read", failure);
        }
    }

    /** The kind of model that turns tokens into vectors. */
    public enum Kind {
        /** An encoder that the inference engine runs. */
        TRANSFORMER,
        /** A table with a vector for each token. */
        STATIC
    }

    /** The source of a model's files. */
    public enum Source {
        BUNDLED,
        DIRECTORY,
        HUB
    }
}
