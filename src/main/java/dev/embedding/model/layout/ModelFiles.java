package dev.embedding.model.layout;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.embedding.model.ModelUnavailableException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The files of one model. They are named relative to it, in calls and in messages. */
final class ModelFiles {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Weights in the model's own folder; other folders hold weights of other modules. */
    private static final Pattern OTHER_WEIGHTS = Pattern.compile(
            "[^/]+\\.safetensors|pytorch_model[^/]*\\.bin|tf_model[^/]*\\.h5|flax_model[^/]*\\.msgpack");

    private final String modelName;
    private final ModelDirectory folder;
    private final SortedMap<String, Path> used = new TreeMap<>();
    private final Map<String, JsonNode> parsed = new HashMap<>();

    ModelFiles(String modelName, ModelDirectory folder) {
        this.modelName = modelName;
        this.folder = folder;
    }

    boolean has(String file) {
        return folder.has(file);
    }

    /** Whether a file is on this machine, or could be fetched. */
    boolean isAvailable(String file) {
        return folder.isAvailable(file);
    }

    /** Names of the ONNX files. */
    Set<String> onnxFiles() {
        return folder.names().stream()
                .filter(name -> name.endsWith(".onnx"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The first file, by name, whose whole name matches; empty when there is none. */
    Optional<String> firstOf(Pattern pattern) {
        return folder.names().stream()
                .filter(name -> pattern.matcher(name).matches())
                .sorted()
                .findFirst();
    }

    /**
     * Whether the model comes with weights that sentence-transformers would load. For a hub's model only the cached
     * list of files counts, so that the result is the same when the hub is unreachable.
     */
    boolean hasWeightsBesideOnnx() {
        return folder.namesKept().stream()
                .anyMatch(name -> OTHER_WEIGHTS.matcher(name).matches());
    }

    /** Fetches a file together with all files whose names start with its name. */
    void fetchWithNamesakes(String file) {
        folder.fetch(
                folder.names().stream().filter(name -> name.startsWith(file)).toList());
    }

    /** Paths of the files that were read or required, by name. */
    SortedMap<String, Path> used() {
        return Collections.unmodifiableSortedMap(new TreeMap<>(used));
    }

    Optional<String> revision() {
        return folder.revision();
    }

    /** Fetches those of the files that exist, all at once. */
    void fetch(Collection<String> files) {
        folder.fetch(files.stream().filter(folder::has).toList());
    }

    /** The content of a JSON file; a missing node when there is no such file. */
    JsonNode optionalJson(String file) {
        return has(file) ? parsed.computeIfAbsent(file, this::parse) : MissingNode.getInstance();
    }

    private JsonNode parse(String file) {
        try {
            return JSON.readTree(local(file).toFile());
        } catch (IOException failure) {
            throw new ModelUnavailableException(
                    "Model " + modelName + ": " + file + " is not valid JSON or cannot be read", failure);
        }
    }

    /**
     * One field of a JSON object, without parsing what follows it; a missing node when there is no such field or file.
     */
    JsonNode topLevelField(String file, String field) {
        if (!has(file)) {
            return MissingNode.getInstance();
        }
        try (JsonParser parser = JSON.createParser(local(file).toFile())) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean found = parser.currentName().equals(field);
                parser.nextToken();
                if (found) {
                    return parser.readValueAsTree();
                }
                parser.skipChildren();
            }
            return MissingNode.getInstance();
        } catch (IOException failure) {
            throw new ModelUnavailableException(
                    "Model " + modelName + ": " + file + " is not valid JSON or cannot be read", failure);
        }
    }

    JsonNode json(String file) {
        requireFile(file, "it is part of every model in the layout of sentence-transformers");
        return optionalJson(file);
    }

    Path requireFile(String file, String reason) {
        if (!has(file)) {
            throw refusal(file, "is missing; " + reason);
        }
        return local(file);
    }

    private Path local(String file) {
        folder.fetch(List.of(file));
        used.put(file, folder.path(file));
        return folder.path(file);
    }

    ModelUnavailableException refusal(String file, String problem) {
        return new ModelUnavailableException(title(file) + " " + problem);
    }

    /** A file's name in messages. */
    String title(String file) {
        return "Model " + modelName + ": " + file;
    }
}
