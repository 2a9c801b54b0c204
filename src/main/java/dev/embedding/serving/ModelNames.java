package dev.embedding.serving;

import dev.embedding.support.Names;
import java.util.List;

/**
 * Names that requests may use for a model.
 *
 * @param id id of the model
 * @param modelName its name as configured
 * @param aliases further names
 */
record ModelNames(String id, String modelName, List<String> aliases) {

    public ModelNames {
        aliases = List.copyOf(aliases);
    }

    /** The names by rank: of models that have a name in common, the one for which it ranks higher is meant. */
    List<List<String>> byRank() {
        String path = modelName.replaceFirst("[/\\\\]+$", "");
        String bare = withoutRevision(path);
        return List.of(
                List.of(id),
                aliases,
                List.of(modelName, path, bare),
                List.of(Names.lastPart(path), Names.lastPart(bare)));
    }

    private static String withoutRevision(String path) {
        int at = path.lastIndexOf('@');
        return at > 0 ? path.substring(0, at) : path;
    }
}
