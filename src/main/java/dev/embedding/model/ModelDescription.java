package dev.embedding.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * Description of a model, as read from its directory.
 *
 * @param name as the operator gave it
 * @param source where it was found
 * @param revision the commit of a hub's repository
 * @param kind what computes it
 * @param weightFiles the ONNX file and then those with its external data, or the safetensors file of a static model
 * @param precision of most of the weights that run: {@code fp32}, {@code fp16}, {@code int8}, {@code int8-fine} or {@code
 *     int4}
 * @param quantization what is made of the weight files at loading; empty where they run themselves
 * @param scalesByBatch whether a text's vector would depend on the others of its batch
 * @param tokenization how its texts become tokens
 * @param architecture {@code model_type} of {@code config.json}, or {@code static}
 * @param poolings how token vectors become one; several are put together in this order; none
 *     where the graph's own vectors are taken although it has token vectors
 * @param poolingSource who says so
 * @param graphEnd what is read of the graph
 * @param modules what follows the pooling, in order, but for a Normalize at the end
 * @param normalizes whether the model's own modules end with Normalize
 * @param cutDimension how many components of a vector are kept in the end, or, when negative, left out; more than there
 *     are cut nothing
 * @param matryoshkaDimensions sizes that the model says its vectors may be cut to, ascending
 * @param padTokenId fills short rows of a batch
 * @param prompts what may be put in front of texts
 * @param poolsPrompt whether a prompt's tokens count in the pooling
 * @param moduleNames all modules, in order, as {@code modules.json} calls them
 * @param files what it is made of, by name relative to the model
 */
public record ModelDescription(
        String name,
        Source source,
        Optional<String> revision,
        Kind kind,
        List<Path> weightFiles,
        String precision,
        Optional<Quantization> quantization,
        boolean scalesByBatch,
        Tokenization tokenization,
        String architecture,
        List<PoolingMode> poolings,
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
        SortedMap<String, Path> files) {

    public ModelDescription {
        weightFiles = List.copyOf(weightFiles);
        poolings = List.copyOf(poolings);
        modules = List.copyOf(modules);
        matryoshkaDimensions = List.copyOf(matryoshkaDimensions);
        moduleNames = List.copyOf(moduleNames);
    }

    /** The ONNX file, or the safetensors file of a static model. */
    public Path weights() {
        return weightFiles.get(0);
    }

    /** The file that the engine opens. */
    public Path engineFile() {
        return quantization
                .flatMap(Quantization::made)
                .map(Quantization.Made::file)
                .orElseGet(this::weights);
    }

    /** The model as it is before anything is made of it. */
    public ModelDescription unquantized() {
        return with("fp32", Optional.empty(), false);
    }

    /** The model with what was made of it. */
    public ModelDescription quantized(Quantization.Made made) {
        return with(precision, quantization.map(planned -> planned.with(made)), scalesByBatch);
    }

    private ModelDescription with(String served, Optional<Quantization> other, boolean scales) {
        return new ModelDescription(
                name,
                source,
                revision,
                kind,
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
                files);
    }

    /** The poolings' names, several with {@code +} between them. */
    public String pooling() {
        return poolings.stream().map(PoolingMode::label).collect(Collectors.joining("+"));
    }

    /** Whether the first token's vector is all that is needed of a text. */
    public boolean readsFirstTokenOnly() {
        return graphEnd == OutputStage.TOKENS && poolings.equals(List.of(PoolingMode.CLS)) && poolsPrompt;
    }

    /** Whether the graph's own vectors lack the Dense modules although these would not change their length. */
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

    /** Components that are served of a vector that has this many. */
    public int servedDimension(int components) {
        int wanted = cutDimension.orElse(components);
        return wanted < 0 ? Math.max(1, components + wanted) : Math.min(components, wanted);
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

    /** Kind of computation that makes vectors of tokens. */
    public enum Kind {
        /** An encoder as an ONNX file. */
        TRANSFORMER,
        /** A table with a vector for each token. */
        STATIC
    }

    /** Origin of a model's files. */
    public enum Source {
        BUNDLED,
        DIRECTORY,
        HUB
    }
}
