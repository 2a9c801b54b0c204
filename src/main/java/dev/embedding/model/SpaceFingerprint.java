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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Hash over everything that decides a model's vector space: weights, tokenizer with its truncation side, lower-casing
 * and component fields, maximum length, pooling, the modules behind it with their weights, normalisation, prompts,
 * and precision with the recipe of a quantization. Vectors with different fingerprints must not be mixed in an index.
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

    /** Reads the model's files whole: some tenths of a second for each hundred megabytes. */
    public static SpaceFingerprint of(ModelDescription model) throws IOException {
        Map<Path, String> hashes = new HashMap<>();
        List<ModelFile> files = new ArrayList<>();
        for (Map.Entry<String, Path> file : model.files().entrySet()) {
            String hash = Sha256.ofFile(file.getValue());
            hashes.put(file.getValue(), hash);
            files.add(new ModelFile(file.getKey(), Files.size(file.getValue()), hash));
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
        add(digest, "cutDimension=" + model.cutDimension());
        add(digest, "prompts=" + model.prompts().canonical());
        add(digest, "poolsPrompt=" + model.poolsPrompt());
        // A vector that is cut after the model's own Normalize has no longer length 1.
        boolean normalized = model.normalizes() && model.cutDimension().isEmpty();
        return new SpaceFingerprint(List.copyOf(files), weights, hex(digest), normalized);
    }

    /** Of a single file the beginning of its own hash, so that it can be found by it. */
    private static String ofWeights(List<Path> files, Map<Path, String> hashes) throws IOException {
        if (files.size() == 1) {
            return sha256(files.get(0), hashes).substring(0, 2 * BYTES);
        }
        MessageDigest digest = Sha256.digest();
        for (Path file : files) {
            add(digest, sha256(file, hashes));
        }
        return hex(digest);
    }

    private static String identity(PostPoolingModule module, Map<Path, String> hashes) throws IOException {
        if (module instanceof DenseLayer layer) {
            return "dense=" + sha256(layer.weights(), hashes) + layer.activation() + layer.bias() + layer.residual();
        }
        return module instanceof PostPoolingModule.LayerNorm norm
                ? "layerNorm=" + sha256(norm.weights(), hashes)
                : "normalize";
    }

    /** The files that the model is made of. */
    public List<ModelFile> files() {
        return files;
    }

    /** 32 hexadecimal digits, for vectors that are normalised on top of the model's own modules or not. */
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

    private static String sha256(Path file, Map<Path, String> known) throws IOException {
        String hash = known.get(file);
        return hash == null ? Sha256.ofFile(file) : hash;
    }

    private static void add(MessageDigest digest, String field) {
        digest.update((field + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest(), 0, BYTES);
    }
}
