package dev.embedding.model;

import dev.embedding.support.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A hash over everything that decides a model's vector space. Vectors with different fingerprints must not be mixed in
 * an index. The hash covers:
 *
 * <ul>
 *   <li>the weights, their precision and, where they are quantized at loading, the recipe;
 *   <li>the tokenizer file, the component fields that override it, lower-casing, maximum length and truncation side;
 *   <li>the pooling, whether prompts count in it, and the modules after it with their weights;
 *   <li>the prompts, the dimension that vectors are truncated to, and normalisation.
 * </ul>
 */
public final class SpaceFingerprint {

    private static final int BYTES = 16;

    private final List<ModelFile> files;
    private final String ofWeights;
    private final String ofModel;
    private final boolean modelNormalizes;

    private SpaceFingerprint(List<ModelFile> files, String ofWeights, String ofModel, boolean modelNormalizes) {
        this.files = files;
        this.ofWeights = ofWeights;
        this.ofModel = ofModel;
        this.modelNormalizes = modelNormalizes;
    }

    /** Computes it from the hashes of all of the model's files. */
    public static SpaceFingerprint of(ModelDescription model, FileHashes fileHashes) throws IOException {
        Map<Path, String> hashes = hashes(model, fileHashes);
        List<ModelFile> files = new ArrayList<>();
        for (Map.Entry<String, Path> file : model.files().entrySet()) {
            files.add(new ModelFile(file.getKey(), Files.size(file.getValue()), sha256(file.getValue(), hashes)));
        }
        String weights = ofWeights(model.weightFiles(), hashes);
        MessageDigest digest = Sha256.digest();
        Tokenization tokenization = model.tokenization();
        add(digest, "weights=" + weights);
        add(digest, "tokenizer=" + sha256(tokenization.file(), hashes));
        add(digest, "precision=" + model.precision());
        model.quantization().ifPresent(made -> add(digest, "recipe=" + made.recipe()));
        add(digest, "pooling=" + model.pooling());
        if (model.leavesOutSquareDense()) {
            add(digest, "modules behind the graph");
        }
        for (PostPoolingModule module : model.modules()) {
            add(digest, identity(module, hashes));
        }
        add(digest, "maxTokens=" + tokenization.maxTokens() + (tokenization.cutsStart() ? " from the end" : ""));
        add(digest, "lowerCases=" + tokenization.lowerCases());
        add(digest, "componentFields=" + new TreeMap<>(tokenization.componentFields()));
        if (!tokenization.firstToken().isEmpty() || !tokenization.lastToken().isEmpty()) {
            add(digest, "edges=" + tokenization.firstToken() + " " + tokenization.lastToken());
        }
        add(digest, "cutDimension=" + model.cutDimension());
        add(digest, "prompts=" + model.prompts().canonical());
        add(digest, "poolsPrompt=" + model.poolsPrompt());
        // A vector that is truncated after the model's own Normalize no longer has length 1.
        boolean normalized = model.normalizes() && model.cutDimension().isEmpty();
        return new SpaceFingerprint(List.copyOf(files), weights, hex(digest), normalized);
    }

    private static Map<Path, String> hashes(ModelDescription model, FileHashes fileHashes) throws IOException {
        Set<Path> distinct = new LinkedHashSet<>(model.files().values());
        distinct.addAll(model.weightFiles());
        distinct.add(model.tokenization().file());
        for (PostPoolingModule module : model.modules()) {
            weights(module).ifPresent(distinct::add);
        }
        List<Path> files = List.copyOf(distinct);
        List<String> ofFiles = fileHashes.of(files);
        Map<Path, String> hashes = new HashMap<>();
        for (int index = 0; index < files.size(); index++) {
            hashes.put(files.get(index), ofFiles.get(index));
        }
        return hashes;
    }

    private static Optional<Path> weights(PostPoolingModule module) {
        if (module instanceof DenseLayer layer) {
            return Optional.of(layer.weights());
        }
        return module instanceof PostPoolingModule.LayerNorm norm ? Optional.of(norm.weights()) : Optional.empty();
    }

    /** For a single file the beginning of its own hash, so that the file can be found by it. */
    private static String ofWeights(List<Path> files, Map<Path, String> hashes) {
        if (files.size() == 1) {
            return sha256(files.get(0), hashes).substring(0, 2 * BYTES);
        }
        MessageDigest digest = Sha256.digest();
        for (Path file : files) {
            add(digest, sha256(file, hashes));
        }
        return hex(digest);
    }

    private static String identity(PostPoolingModule module, Map<Path, String> hashes) {
        if (module instanceof DenseLayer layer) {
            return "dense=" + sha256(layer.weights(), hashes) + layer.activation() + layer.bias() + layer.residual();
        }
        return module instanceof PostPoolingModule.LayerNorm norm
                ? "layerNorm=" + sha256(norm.weights(), hashes)
                : "normalize";
    }

    /** The model's files. */
    public List<ModelFile> files() {
        return files;
    }

    /** The fingerprint, 32 hexadecimal digits, of vectors that the service normalises or does not. */
    public String value(boolean normalized) {
        MessageDigest digest = Sha256.digest();
        add(digest, ofModel);
        add(digest, "normalized=" + (normalized || modelNormalizes));
        return hex(digest);
    }

    /** 32 hexadecimal digits for the weights alone. */
    public String ofWeights() {
        return ofWeights;
    }

    private static String sha256(Path file, Map<Path, String> hashes) {
        return Objects.requireNonNull(hashes.get(file));
    }

    private static void add(MessageDigest digest, String field) {
        digest.update((field + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest(), 0, BYTES);
    }
}
