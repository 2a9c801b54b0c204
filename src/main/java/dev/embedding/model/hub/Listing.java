package dev.embedding.model.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The list of files of a repository at a commit, as the hub sends it, or as Python's tools store it in the cache.
 *
 * @param commit 40 hexadecimal digits
 * @param entries metadata of each file, by its path
 * @see <a href="https://huggingface.co/docs/hub/api">the hub's API</a>
 * @see <a href="https://github.com/huggingface/huggingface_hub/blob/main/src/huggingface_hub/_tree_cache.py">the stored
 *     form</a>
 */
record Listing(String commit, Map<String, JsonNode> entries) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int FORMAT_VERSION = 1;
    private static final String SIZE = "size";

    /**
     * Reads a response of {@code /api/models/org/name/revision/…?blobs=true}.
     *
     * @throws IOException when it is no such response
     */
    static Listing ofResponse(byte[] body) throws IOException {
        JsonNode root = JSON.readTree(body);
        Map<String, JsonNode> entries = new TreeMap<>();
        for (JsonNode sibling : root.path("siblings")) {
            ObjectNode entry = JSON.createObjectNode();
            entry.set(SIZE, sibling.path(SIZE));
            entry.set("blob_id", sibling.path("blobId"));
            JsonNode large = sibling.path("lfs");
            if (large.isObject()) {
                entry.set("lfs_sha256", large.path("sha256"));
                entry.set("lfs_size", large.path(SIZE));
            }
            entries.put(sibling.path("rfilename").asText(), entry);
        }
        if (!root.path("siblings").isArray()) {
            throw new IOException("no list of files");
        }
        return checked(root.path("sha").asText(), entries);
    }

    /** @throws IOException when it has another format */
    static Listing ofStored(String commit, byte[] stored) throws IOException {
        JsonNode root = JSON.readTree(stored);
        if (root.path("format_version").asInt() != FORMAT_VERSION
                || !root.path("files").isObject()) {
            throw new IOException("another form");
        }
        Map<String, JsonNode> entries = new TreeMap<>();
        root.path("files").properties().forEach(file -> entries.put(file.getKey(), file.getValue()));
        return checked(commit, entries);
    }

    private static Listing checked(String commit, Map<String, JsonNode> entries) throws IOException {
        if (!HubName.isCommit(commit)) {
            throw new IOException("no commit");
        }
        for (String path : entries.keySet()) {
            if (!RepositoryPath.isSafe(path)) {
                throw new IOException("the file name '" + path.replaceAll("\\p{Cntrl}", "?") + "', which is not safe");
            }
        }
        return new Listing(commit, entries);
    }

    /** The form that is stored; empty where the hub sent too little for it, as mirrors do. */
    Optional<byte[]> stored() throws IOException {
        boolean isWhole = entries.values().stream()
                .allMatch(entry ->
                        entry.path(SIZE).isNumber() && entry.path("blob_id").isTextual());
        if (!isWhole) {
            return Optional.empty();
        }
        ObjectNode root = JSON.createObjectNode().put("format_version", FORMAT_VERSION);
        ObjectNode files = root.putObject("files");
        entries.forEach(files::set);
        return Optional.of(JSON.writeValueAsBytes(root));
    }

    /** Whether a file on disk can be complete, judged by its size where that is known. */
    boolean fits(String path, long size) {
        JsonNode entry = entries.getOrDefault(path, JSON.missingNode());
        JsonNode known = entry.has("lfs_size") ? entry.path("lfs_size") : entry.path(SIZE);
        return !known.isNumber() || known.asLong() == size;
    }
}
