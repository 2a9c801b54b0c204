package dev.embedding.serving.model.check;

import dev.embedding.model.ModelUnavailableException;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.serving.model.SampleTexts;
import dev.embedding.vector.VectorNorm;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Checks a loaded model before it is served: the vectors of fixed texts must be finite, the same alone as in a batch,
 * and the same as those stored under its fingerprint; and its limits must be computable ({@link LimitCheck}). This also
 * warms the model up.
 */
public final class GoldenCheck {

    /** Batches differ by the order of sums; a wrong attention mask would cause differences a hundred times larger. */
    private static final float TOLERANCE = 1e-3f;

    /** Machines and engines round differently; other weights or tokenizers cause far larger differences. */
    private static final float TOLERANCE_ACROSS_MACHINES = 5e-3f;

    /** Products of 8- and 16-bit numbers round, and even saturate, differently on different processors. */
    private static final float TOLERANCE_OF_ROUNDED_WEIGHTS = 5e-2f;

    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private GoldenCheck() {}

    /**
     * @throws ModelUnavailableException when the model fails the check; the message names the check and the difference
     */
    public static void verify(LoadedModel model, GoldenVectors golden) {
        List<float[]> batched = encode(SampleTexts.ALL, model);
        for (int index = 0; index < SampleTexts.ALL.size(); index++) {
            float[] alone = encode(List.of(SampleTexts.ALL.get(index)), model).get(0);
            requireLengthOne(alone, model);
            float difference = largestDifference(alone, batched.get(index));
            if (!(difference <= TOLERANCE)) {
                throw failed(model, "a text's vector alone and in a batch differ by " + difference);
            }
        }
        requireEqualToStored(batched, model, golden);
        new LimitCheck(model, golden.checkResults()).verify();
    }

    private static void requireEqualToStored(List<float[]> vectors, LoadedModel model, GoldenVectors golden) {
        String fingerprint = model.fingerprint(true);
        Optional<List<float[]>> stored = golden.find(fingerprint).filter(before -> before.size() == vectors.size());
        if (stored.isEmpty()) {
            golden.store(fingerprint, vectors);
            return;
        }
        float tolerance = model.description().precision().equals("fp32")
                ? TOLERANCE_ACROSS_MACHINES
                : TOLERANCE_OF_ROUNDED_WEIGHTS;
        for (int index = 0; index < vectors.size(); index++) {
            float difference =
                    largestDifference(vectors.get(index), stored.get().get(index));
            if (!(difference <= tolerance)) {
                throw failed(
                        model,
                        "a text's vector differs by " + difference
                                + " from the one stored before under the fingerprint "
                                + fingerprint + "; when that is right, delete " + golden.displayName(fingerprint)
                                + " in the model_cache_dir");
            }
        }
    }

    private static List<float[]> encode(List<String> texts, LoadedModel model) {
        try {
            return model.encode(texts, TIMEOUT);
        } catch (RuntimeException failure) {
            throw failed(
                    model,
                    failure.getMessage() == null
                            ? "no vectors within " + TIMEOUT.toSeconds() + " s"
                            : failure.getMessage());
        }
    }

    private static void requireLengthOne(float[] vector, LoadedModel model) {
        double length = VectorNorm.length(vector);
        if (Math.abs(length - 1) > TOLERANCE) {
            throw failed(model, "a normalised vector has length " + length);
        }
    }

    /** Largest difference of two components; infinite for NaN and for different dimensions. */
    private static float largestDifference(float[] one, float[] other) {
        if (one.length != other.length) {
            return Float.POSITIVE_INFINITY;
        }
        float largest = 0;
        for (int component = 0; component < one.length; component++) {
            float difference = Math.abs(one[component] - other[component]);
            largest = Float.isNaN(difference) ? Float.POSITIVE_INFINITY : Math.max(largest, difference);
        }
        return largest;
    }

    static ModelUnavailableException failed(LoadedModel model, String reason) {
        return new ModelUnavailableException("Model " + model.name() + " failed the golden check: " + reason);
    }
}
