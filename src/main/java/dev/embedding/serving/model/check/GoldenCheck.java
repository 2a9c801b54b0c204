package dev.embedding.serving.model.check;

import dev.embedding.model.ModelUnavailableException;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.serving.model.SampleTexts;
import dev.embedding.vector.VectorNorm;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Golden check of a loaded model before it is served: it must embed a few fixed texts to finite vectors that are the
 * same alone as in a batch, and the same as those recorded under its fingerprint, and compute what is at its limits
 * ({@link LimitCheck}). This also warms the model up.
 */
public final class GoldenCheck {

    /** Differences between batches come from the order of sums; of a wrong mask they would be a hundred times larger. */
    private static final float TOLERANCE = 1e-3f;

    /** Other machines and engines round differently; other weights or tokenizers differ by far more. */
    private static final float TOLERANCE_ELSEWHERE = 5e-3f;

    /** Processors multiply 8- and 16-bit numbers in ways that round, and even saturate, differently. */
    private static final float TOLERANCE_OF_ROUNDED_WEIGHTS = 5e-2f;

    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private GoldenCheck() {}

    /** @throws ModelUnavailableException when the model fails the check; the message says which and by how much */
    public static void verify(LoadedModel model, GoldenVectors golden) {
        List<float[]> together = encode(SampleTexts.ALL, model);
        for (int index = 0; index < SampleTexts.ALL.size(); index++) {
            float[] alone = encode(List.of(SampleTexts.ALL.get(index)), model).get(0);
            requireLengthOne(alone, model);
            float difference = largestDifference(alone, together.get(index));
            if (!(difference <= TOLERANCE)) {
                throw failed(model, "a text's vector alone and in a batch differ by " + difference);
            }
        }
        requireAsSeen(together, model, golden);
        new LimitCheck(model, golden.findings()).verify();
    }

    private static void requireAsSeen(List<float[]> vectors, LoadedModel model, GoldenVectors golden) {
        String fingerprint = model.fingerprint(true);
        Optional<List<float[]>> seen = golden.seen(fingerprint).filter(before -> before.size() == vectors.size());
        if (seen.isEmpty()) {
            golden.keep(fingerprint, vectors);
            return;
        }
        float tolerance =
                model.description().precision().equals("fp32") ? TOLERANCE_ELSEWHERE : TOLERANCE_OF_ROUNDED_WEIGHTS;
        for (int index = 0; index < vectors.size(); index++) {
            float difference = largestDifference(vectors.get(index), seen.get().get(index));
            if (!(difference <= tolerance)) {
                throw failed(
                        model,
                        "a text's vector differs by " + difference + " from the one seen before under the fingerprint "
                                + fingerprint + "; when that is right, delete " + golden.nameOf(fingerprint)
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

    /** Of two components; infinite when one is no number, or there are not as many. */
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

    static ModelUnavailableException failed(LoadedModel model, String why) {
        return new ModelUnavailableException("Model " + model.name() + " failed the golden check: " + why);
    }
}
