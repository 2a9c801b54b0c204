package dev.embedding.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The directory of one model. Files are named relative to it, in calls and in messages. */
final class ModelFiles {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final String modelName;
    private final Path directory;

    ModelFiles(String modelName, Path directory) {
        this.modelName = modelName;
        this.directory = directory;
    }

    Path path(String file) {
        return directory.resolve(file);
    }

    boolean has(String file) {
        return Files.isRegularFile(path(file));
    }

    /** The content of a JSON file; a missing node when there is no such file. */
    JsonNode optionalJson(String file) {
        if (!has(file)) {
            return MissingNode.getInstance();
        }
        try {
            return JSON.readTree(path(file).toFile());
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
        return path(file);
    }

    ModelUnavailableException refusal(String file, String problem) {
        return new ModelUnavailableException("Model " + modelName + ": " + file + " " + problem);
    }
}
