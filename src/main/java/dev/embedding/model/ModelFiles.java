package dev.embedding.model;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** The files of one model. They are named relative to it, in calls and in messages. */
final class ModelFiles {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final String modelName;
    private final ModelFolder folder;

    ModelFiles(String modelName, ModelFolder folder) {
        this.modelName = modelName;
        this.folder = folder;
    }

    boolean has(String file) {
        return folder.has(file);
    }

    /** Names of the ONNX files. */
    Set<String> onnxFiles() {
        return folder.onnxFiles();
    }

    /** Makes sure that those of the files which there are can be read, all at once. */
    void fetch(Collection<String> files) {
        folder.fetch(files.stream().filter(folder::has).toList());
    }

    /** The content of a JSON file; a missing node when there is no such file. */
    JsonNode optionalJson(String file) {
        if (!has(file)) {
            return MissingNode.getInstance();
        }
        try {
            return JSON.readTree(local(file).toFile());
        } catch (IOException failure) {
            throw new ModelUnavailableException(
                    "Model " + modelName + ": " + file + " is not valid JSON or cannot be read", failure);
        }
    }

    /** One field of a JSON object, read no further than that; a missing node when there is no such field or file. */
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
        return folder.path(file);
    }

    ModelUnavailableException refusal(String file, String problem) {
        return new ModelUnavailableException("Model " + modelName + ": " + file + " " + problem);
    }
}
