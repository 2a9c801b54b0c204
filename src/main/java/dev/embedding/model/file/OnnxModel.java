package dev.embedding.model.file;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataLocation;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import dev.embedding.model.file.ModelWeights.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An ONNX model of any size whose large weights stay in their files, which are mapped: the ONNX file itself, and those
 * with external data. Neither the graph nor a buffer may be read after closing.
 *
 * @see <a href="https://onnx.ai/onnx/repo-docs/ExternalData.html">external data</a>
 */
public final class OnnxModel implements AutoCloseable {

    /** Smaller tensors become part of the graph, which may depend on their values. */
    private static final long SMALLEST_LEFT = 1 << 10;

    private static final Map<Integer, ModelWeights.Type> TYPES = Map.of(
            DataType.FLOAT.getNumber(), ModelWeights.Type.F32,
            DataType.FLOAT16.getNumber(), ModelWeights.Type.F16,
            DataType.BFLOAT16.getNumber(), ModelWeights.Type.BF16);

    private final Path file;
    private final Path folder;
    private final MappedFiles files;
    private final ByteBuffer content;
    private final ModelProto graph;
    private final List<Tensor> weights = new ArrayList<>();

    private OnnxModel(Path file, Path folder, MappedFiles files) throws IOException {
        this.file = file;
        this.folder = folder;
        this.files = files;
        long bytes = Files.size(file);
        if (bytes > Integer.MAX_VALUE) {
            throw new IOException(file.getFileName() + " is larger than an ONNX file may be");
        }
        this.content = files.bytes(file, 0, bytes);
        // Aliased, so that the weights never lie on the heap.
        CodedInputStream input = UnsafeByteOperations.unsafeWrap(content).newCodedInput();
        input.enableAliasing(true);
        this.graph = left(ModelProto.parseFrom(input));
    }

    /** @throws IOException when a file cannot be read, or is not what the graph says */
    public static OnnxModel open(Path onnxFile) throws IOException {
        Path file = onnxFile.toRealPath();
        Path folder = onnxFile.toAbsolutePath().resolveSibling("");
        Set<Path> all = new LinkedHashSet<>(Set.of(file));
        for (String location : OnnxWeights.read(file).externalData()) {
            all.add(folder.resolve(location).toRealPath()); // In a hub's cache the files are links.
        }
        MappedFiles files = MappedFiles.open(all);
        try {
            return new OnnxModel(file, folder, files);
        } catch (IOException | RuntimeException | Error failure) {
            files.close();
            throw failure;
        }
    }

    private ModelProto left(ModelProto whole) throws IOException {
        GraphProto.Builder content = whole.getGraph().toBuilder().clearInitializer();
        for (TensorProto tensor : whole.getGraph().getInitializerList()) {
            content.addInitializer(left(tensor));
        }
        return whole.toBuilder().setGraph(content).build();
    }

    /** The model, whose large initializers name their place in a file by the file's name without links. */
    public ModelProto graph() {
        return graph;
    }

    /** The weights that were left in the files. */
    public List<Tensor> weights() {
        return List.copyOf(weights);
    }

    public MappedFiles files() {
        return files;
    }

    private TensorProto left(TensorProto tensor) throws IOException {
        boolean external = tensor.getDataLocation() == DataLocation.EXTERNAL;
        Optional<Region> region = external ? Optional.of(external(tensor)) : inline(tensor);
        ModelWeights.Type type = TYPES.get(tensor.getDataType());
        if (region.isEmpty()) {
            return tensor;
        }
        if (type == null || region.get().bytes() < SMALLEST_LEFT) {
            return external ? loaded(tensor, region.get()) : tensor;
        }
        weights.add(weight(tensor, type, region.get()));
        return tensor.toBuilder()
                .clearRawData()
                .clearExternalData()
                .setDataLocation(DataLocation.EXTERNAL)
                .addExternalData(
                        entry("location", region.get().file().getFileName().toString()))
                .addExternalData(entry("offset", Long.toString(region.get().start())))
                .addExternalData(entry("length", Long.toString(region.get().bytes())))
                .build();
    }

    private Tensor weight(TensorProto tensor, ModelWeights.Type type, Region region) throws IOException {
        int[] shape = tensor.getDimsList().stream().mapToInt(Math::toIntExact).toArray();
        long bytes = type.bytes();
        for (int length : shape) {
            bytes = Math.multiplyExact(bytes, length);
        }
        if (bytes != region.bytes() || region.start() + bytes > Files.size(region.file())) {
            throw new IOException(region.file().getFileName() + " does not hold the whole of " + tensor.getName());
        }
        return new Tensor(tensor.getName(), type, shape, region.file(), region.start(), bytes);
    }

    private record Region(Path file, long start, long bytes) {}

    private Optional<Region> inline(TensorProto tensor) {
        ByteString raw = tensor.getRawData();
        if (raw.size() < SMALLEST_LEFT) {
            return Optional.empty();
        }
        ByteBuffer part = raw.asReadOnlyByteBuffer();
        return part.isDirect()
                ? Optional.of(new Region(file, address(part) - address(content), raw.size()))
                : Optional.empty();
    }

    private static long address(ByteBuffer buffer) {
        return Pointer.nativeValue(Native.getDirectBufferPointer(buffer)) + buffer.position();
    }

    private Region external(TensorProto tensor) throws IOException {
        Path owner = folder.resolve(value(tensor, "location", "")).toRealPath();
        long start = Long.parseLong(value(tensor, "offset", "0"));
        long rest = Files.size(owner) - start;
        return new Region(owner, start, Long.parseLong(value(tensor, "length", Long.toString(rest))));
    }

    private static String value(TensorProto tensor, String key, String otherwise) {
        return tensor.getExternalDataList().stream()
                .filter(entry -> entry.getKey().equals(key))
                .map(StringStringEntryProto::getValue)
                .findFirst()
                .orElse(otherwise);
    }

    private TensorProto loaded(TensorProto tensor, Region region) {
        return tensor.toBuilder()
                .clearExternalData()
                .clearDataLocation()
                .setRawData(UnsafeByteOperations.unsafeWrap(files.bytes(region.file(), region.start(), region.bytes())))
                .build();
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    @Override
    public void close() {
        files.close();
    }
}
