package dev.embedding.model.layout;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.model.BuildableGraphs;
import dev.embedding.model.GraphOrigin;
import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelDescription.Kind;
import dev.embedding.model.ModelRequest;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.model.OutputStage;
import dev.embedding.model.PoolingSource;
import dev.embedding.model.PostPoolingModule;
import dev.embedding.model.Prompts;
import dev.embedding.model.Quantization;
import dev.embedding.model.Tokenization;
import dev.embedding.model.file.OnnxOutputs;
import dev.embedding.model.file.OnnxWeights;
import dev.embedding.model.file.TokenVectorTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Reads a model directory in the layout of sentence-transformers, in both generations of its files. What is not
 * supported is rejected by file name, never guessed.
 *
 * @see <a href="https://sbert.net/docs/package_reference/sentence_transformer/models.html">sentence-transformers'
 *     modules</a>
 */
public final class SentenceTransformersLayout {

    /** Field name in published configurations and other servers. */
    private static final String MATRYOSHKA = "matryoshka_dimensions";

    /** Files that are read from every module's folder that has them, besides weights. */
    private static final List<String> FILES_OF_A_MODULE = Stream.concat(
                    Stream.of("config.json", "tokenizer.json", "tokenizer_config.json"),
                    SentenceBertConfig.NAMES.stream())
            .toList();

    private final ModelRequest request;
    private final ModelDescription.Source source;
    private final BuildableGraphs buildable;
    private final ModelFiles files;

    public SentenceTransformersLayout(
            ModelRequest request, ModelDescription.Source source, ModelDirectory folder, BuildableGraphs buildable) {
        this.request = request;
        this.buildable = buildable;
        this.source = source;
        this.files = new ModelFiles(request.name(), folder);
    }

    /** @throws ModelUnavailableException when a file is missing, unreadable, or requires something not supported */
    public ModelDescription read() {
        files.fetch(List.of(ModuleChain.FILE, PromptsFile.NAME));
        UnsupportedTask.refuseByType(files);
        ModuleChain modules = ModuleChain.read(files);
        files.fetch(Stream.concat(
                        modules.folders().stream()
                                .flatMap(folder -> FILES_OF_A_MODULE.stream().map(file -> folder + file)),
                        modules.isListed() ? Stream.of() : Stream.of(PoolingSelection.USUAL_FILE))
                .toList());
        return modules.isStatic() ? ofTable(modules) : ofTransformer(modules);
    }

    private ModelDescription ofTable(ModuleChain modules) {
        if (request.precision().canBeMade()) {
            throw files.refusal(
                    ModuleChain.FILE,
                    "describes a static model, which is not quantized: it only looks tokens up; set precision to fp32");
        }
        PoolingSelection pooling = PoolingSelection.ofTable(files, request);
        String folder = modules.firstFolder();
        Tokenization tokenization = TokenizationFiles.ofTable(files, folder, request.limits());
        Path table = files.requireFile(
                folder + ModuleChain.SAFETENSORS,
                "it holds the table of a StaticEmbedding module, which is read from safetensors only");
        return new ModelDescription(
                request.name(),
                source,
                files.revision(),
                Kind.STATIC,
                new GraphOrigin.None(),
                List.of(table),
                precision(table),
                Optional.empty(),
                false,
                tokenization,
                "static",
                pooling.modes(),
                pooling.source(),
                OutputStage.TOKENS,
                modules.vectorModules(),
                modules.normalizes(),
                cutDimension(),
                matryoshkaDimensions(files.optionalJson(PromptsFile.NAME)),
                0,
                prompts(),
                true,
                modules.names(),
                files.used(),
                SessionMemory.ofTable());
    }

    private ModelDescription ofTransformer(ModuleChain modules) {
        String transformer = modules.firstFolder();
        JsonNode config = files.json(transformer + "config.json");
        refuseUnlistedOtherTask(modules, config);
        GraphSelection graph = GraphSelection.of(files, transformer, request, config, buildable);
        return graph.weights().isPresent()
                ? ofWeights(modules, config, graph.weights().get())
                : ofExport(modules, config, graph.whyNotBuilt());
    }

    private ModelDescription ofWeights(ModuleChain modules, JsonNode config, SafetensorsFiles found) {
        Tokenization tokenization =
                TokenizationFiles.ofTransformer(files, modules.firstFolder(), config, request.limits(), false);
        List<PostPoolingModule> vectorModules = modules.vectorModules();
        PoolingSelection pooling = PoolingSelection.ofWeights(files, modules, request, config);
        List<Path> weights = found.fetch();
        BuildableGraphs.Weights content = content(config, weights);
        Optional<Quantization> quantization = request.precision().canBeMade()
                ? Optional.of(Quantization.planned(request.precision()))
                : Optional.empty();
        return ofTransformer(
                modules,
                config,
                new Transformer(
                        new GraphOrigin.Built(config),
                        weights,
                        quantization.map(made -> made.precision().label()).orElseGet(content::precision),
                        quantization,
                        quantization.isPresent(),
                        tokenization,
                        pooling,
                        OutputStage.TOKENS,
                        vectorModules,
                        sessionBytes(SessionMemory.ofBuilt(content.copiedBytes()), quantization)));
    }

    private BuildableGraphs.Weights content(JsonNode config, List<Path> weights) {
        try {
            return buildable.weights(config, weights);
        } catch (IOException failure) {
            throw new ModelUnavailableException("Model " + request.name() + ": " + failure.getMessage(), failure);
        }
    }

    private ModelDescription ofExport(ModuleChain modules, JsonNode config, String whyNotBuilt) {
        String transformer = modules.firstFolder();
        Tokenization tokenization = TokenizationFiles.ofTransformer(files, transformer, config, request.limits(), true);
        List<PostPoolingModule> vectorModules = modules.vectorModules();
        OnnxFileSelection.Choice choice = new OnnxFileSelection(files, transformer).choose(request, whyNotBuilt);
        String onnxFile = choice.file();
        files.fetchWithNamesakes(onnxFile); // external data usually have such names
        Path weights = files.requireFile(onnxFile, "the model cannot be served without it");
        OnnxWeights content = read(weights, OnnxWeights::read);
        OnnxOutputs outputs = read(weights, OnnxOutputs::read);
        ExportTask.requireEmbedding(files, onnxFile, outputs, config);
        PoolingSelection pooling = PoolingSelection.ofTransformer(files, modules, request, onnxFile, outputs, config);
        fetchExternalData(onnxFile, content);
        Optional<Quantization> quantization = choice.toQuantize() ? planned(onnxFile, content) : Optional.empty();
        List<Path> weightFiles = WeightFiles.of(request.name(), weights, content);
        return ofTransformer(
                modules,
                config,
                new Transformer(
                        new GraphOrigin.Exported(whyNotBuilt),
                        weightFiles,
                        quantization.map(made -> made.precision().label()).orElseGet(content::precision),
                        quantization,
                        content.scalesByBatch() || quantization.isPresent(),
                        tokenization,
                        pooling,
                        pooling.graphEnd(outputs),
                        vectorModules,
                        sessionBytes(SessionMemory.ofExport(weightFiles, content.precision(), outputs), quantization)));
    }

    /** Parts of the description that depend on the graph's origin. */
    private record Transformer(
            GraphOrigin graph,
            List<Path> weights,
            String precision,
            Optional<Quantization> quantization,
            boolean scalesByBatch,
            Tokenization tokenization,
            PoolingSelection pooling,
            OutputStage graphEnd,
            List<PostPoolingModule> vectorModules,
            long sessionBytes) {}

    private ModelDescription ofTransformer(ModuleChain modules, JsonNode config, Transformer transformer) {
        PoolingSelection pooling = transformer.pooling();
        // For a model that it did not save, sentence-transformers does not read its own configuration either.
        boolean configured = pooling.source() != PoolingSource.DEFAULT;
        return new ModelDescription(
                request.name(),
                source,
                files.revision(),
                Kind.TRANSFORMER,
                transformer.graph(),
                transformer.weights(),
                transformer.precision(),
                transformer.quantization(),
                transformer.scalesByBatch(),
                transformer.tokenization(),
                config.path("model_type").asText("unknown"),
                pooling.modes(),
                pooling.source(),
                transformer.graphEnd(),
                transformer.vectorModules(),
                modules.normalizes(),
                configured ? cutDimension() : OptionalInt.empty(),
                matryoshkaDimensions(config.has(MATRYOSHKA) ? config : files.optionalJson(PromptsFile.NAME)),
                PositionEmbeddings.padTokenId(config),
                configured ? prompts() : givenPrompts(Prompts.NONE),
                files.optionalJson(modules.poolingConfig())
                        .path("include_prompt")
                        .asBoolean(true),
                modules.names(),
                files.used(),
                transformer.sessionBytes());
    }

    private Optional<Quantization> planned(String onnxFile, OnnxWeights content) {
        if (!content.precision().equals("fp32")) {
            throw files.refusal(
                    onnxFile,
                    "is in " + content.precision()
                            + " already, and only fp32 weights are quantized: set precision to fp32"
                            + " to serve it as it is, or export it again in fp32");
        }
        return Optional.of(Quantization.planned(request.precision()));
    }

    private static long sessionBytes(long unquantized, Optional<Quantization> quantization) {
        return quantization.isPresent() ? SessionMemory.ofQuantized(unquantized) : unquantized;
    }

    private String precision(Path table) {
        try {
            return TokenVectorTable.open(table).precision();
        } catch (IOException failure) {
            throw new ModelUnavailableException("Model " + request.name() + ": " + failure.getMessage(), failure);
        }
    }

    /** Rejects models of other tasks, where neither listed modules nor a graph show the model's task. */
    private void refuseUnlistedOtherTask(ModuleChain modules, JsonNode config) {
        if (!modules.isListed() && files.onnxFiles().isEmpty()) {
            PoolingSelection.refuseOtherArchitecture(files, config);
        }
    }

    private Prompts prompts() {
        return givenPrompts(PromptsFile.read(files));
    }

    private Prompts givenPrompts(Prompts own) {
        return own.orElse(request.queryPrompt(), request.documentPrompt());
    }

    private OptionalInt cutDimension() {
        JsonNode dimension = files.optionalJson(PromptsFile.NAME).path("truncate_dim");
        if (!dimension.isInt()) {
            return OptionalInt.empty();
        }
        if (dimension.intValue() == 0) {
            throw files.refusal(PromptsFile.NAME, "has a truncate_dim of 0, which leaves nothing of a vector");
        }
        return OptionalInt.of(dimension.intValue());
    }

    private static List<Integer> matryoshkaDimensions(JsonNode file) {
        return StreamSupport.stream(file.path(MATRYOSHKA).spliterator(), false)
                .filter(dimension -> dimension.isInt() && dimension.intValue() > 0)
                .map(JsonNode::intValue)
                .distinct()
                .sorted()
                .toList();
    }

    private void fetchExternalData(String onnxFile, OnnxWeights content) {
        String folder = onnxFile.substring(0, onnxFile.lastIndexOf('/') + 1);
        for (String location : content.externalData()) {
            if (files.has(folder + location)) {
                Path unused = files.requireFile(folder + location, "it holds weights");
            }
        }
    }

    /** Reads an ONNX file. */
    @FunctionalInterface
    private interface Reader<T> {
        T read(Path onnxFile) throws IOException;
    }

    private <T> T read(Path weights, Reader<T> reader) {
        try {
            return reader.read(weights);
        } catch (IOException failure) {
            throw new ModelUnavailableException(
                    "Model " + request.name() + ": " + weights.getFileName()
                            + " cannot be read, or is no ONNX file: fetch or export it again",
                    failure);
        }
    }
}
