package dev.embedding.model.layout;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The safetensors files with the weights of a transformer: one, or those that an index lists. */
final class SafetensorsFiles {

    private static final String SINGLE = ModuleChain.SAFETENSORS;
    private static final String INDEX = "model.safetensors.index.json";

    private final ModelFiles files;
    private final String folder;

    private SafetensorsFiles(ModelFiles files, String folder) {
        this.files = files;
        this.folder = folder;
    }

    /** @param folder of the transformer's files: empty, or with a slash at its end */
    static Optional<SafetensorsFiles> find(ModelFiles files, String folder) {
        return files.has(folder + SINGLE) || files.has(folder + INDEX)
                ? Optional.of(new SafetensorsFiles(files, folder))
                : Optional.empty();
    }

    /** Whether they are on this machine, or could be fetched. */
    boolean areAvailable() {
        if (files.has(folder + SINGLE)) {
            return files.isAvailable(folder + SINGLE);
        }
        return files.isAvailable(folder + INDEX) && parts().stream().allMatch(files::isAvailable);
    }

    /** Fetches the files; the single one wins, as in transformers. */
    List<Path> fetch() {
        if (files.has(folder + SINGLE)) {
            return List.of(files.requireFile(folder + SINGLE, "it holds the weights"));
        }
        Set<String> parts = parts();
        files.fetch(parts);
        return parts.stream()
                .map(part -> files.requireFile(part, INDEX + " lists it"))
                .toList();
    }

    private Set<String> parts() {
        Set<String> parts = new TreeSet<>();
        for (JsonNode part : files.json(folder + INDEX).path("weight_map")) {
            if (part.asText().isEmpty()
                    || part.asText().contains("/")
                    || part.asText().contains("\\")) {
                throw files.refusal(folder + INDEX, "names a file of weights that is not beside it");
            }
            parts.add(folder + part.asText());
        }
        if (parts.isEmpty()) {
            throw files.refusal(folder + INDEX, "has no weight_map from weights to files");
        }
        return parts;
    }
}
