package dev.embedding.infer.architecture;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Rotary positions for texts longer than a model was first trained with, as {@code rope_scaling} or
 * {@code rope_parameters} asks for.
 *
 * @param field the field's name, for messages
 * @param theta base of the wavelengths
 * @param width components of a head
 * @see <a href="https://huggingface.co/docs/transformers/internal/rope_utils">RoPE utilities of transformers</a>
 */
record RotaryScaling(ArchitectureConfig config, String field, JsonNode parameters, double theta, int width) {

    private static final double USUAL_FAST_ROTATIONS = 32;
    private static final double USUAL_SLOW_ROTATIONS = 1;

    RotaryPositions positions() {
        String type =
                parameters.path("rope_type").asText(parameters.path("type").asText("default"));
        return switch (type) {
            case "default" -> RotaryPositions.of(theta, width);
            case "linear" -> linear();
            case "llama3" -> llama3();
            case "ntk" -> ntk();
            case "yarn" -> yarn();
            default -> throw config.refused(field, "known rope types are default, linear, llama3, ntk, yarn");
        };
    }

    private RotaryPositions linear() {
        float[] slower = RotaryPositions.frequencies(theta, width);
        float divisor = (float) number("factor");
        for (int pair = 0; pair < slower.length; pair++) {
            slower[pair] /= divisor;
        }
        return new RotaryPositions(slower, 1);
    }

    private RotaryPositions llama3() {
        float divisor = (float) number("factor");
        float low = (float) number("low_freq_factor");
        float high = (float) number("high_freq_factor");
        float trained = (float) number("original_max_position_embeddings");
        float[] scaled = RotaryPositions.frequencies(theta, width);
        for (int pair = 0; pair < scaled.length; pair++) {
            float wavelength = (float) (2 * Math.PI) / scaled[pair];
            if (wavelength > trained / low) {
                scaled[pair] /= divisor;
            } else if (wavelength >= trained / high) {
                float smooth = (trained / wavelength - low) / (high - low);
                scaled[pair] = (1 - smooth) * scaled[pair] / divisor + smooth * scaled[pair];
            }
        }
        return new RotaryPositions(scaled, 1);
    }

    /** GTE's fixed scaling: a larger theta, and a divisor by which the slowest pair is as with {@code linear}. */
    private RotaryPositions ntk() {
        if (parameters.hasNonNull("mixed_b")) {
            throw config.refused(field, "its mixed_b is not supported");
        }
        double factor = number("factor");
        if (factor <= 1) {
            return RotaryPositions.of(theta, width);
        }
        float[] scaled = RotaryPositions.frequencies(theta * factor, width);
        float divisor = (float) Math.pow(factor, 2.0 / width);
        for (int pair = 0; pair < scaled.length; pair++) {
            scaled[pair] /= divisor;
        }
        return new RotaryPositions(scaled, 1);
    }

    /**
     * Fast pairs stay, slow ones are as with {@code linear}, and between them lies a ramp.
     *
     * @see <a href="https://arxiv.org/abs/2309.00071">YaRN</a>
     */
    private RotaryPositions yarn() {
        double factor = number("factor");
        boolean truncates = parameters.path("truncate").asBoolean(true);
        double first = pairOf(number("beta_fast", USUAL_FAST_ROTATIONS));
        double last = pairOf(number("beta_slow", USUAL_SLOW_ROTATIONS));
        first = Math.max(truncates ? Math.floor(first) : first, 0);
        last = Math.min(truncates ? Math.ceil(last) : last, width - 1.0);
        float length = (float) (first == last ? 0.001 : last - first);
        float[] scaled = RotaryPositions.frequencies(theta, width);
        for (int pair = 0; pair < scaled.length; pair++) {
            float ramp = Math.min(1, Math.max(0, (pair - (float) first) / length));
            float kept = 1 - ramp;
            scaled[pair] = scaled[pair] / (float) factor * (1 - kept) + scaled[pair] * kept;
        }
        return new RotaryPositions(scaled, (float) amplitudeOfYarn(factor));
    }

    /** The pair that makes some rotations within the trained length, between two pairs too. */
    private double pairOf(double rotations) {
        double trained = parameters.hasNonNull("original_max_position_embeddings")
                ? number("original_max_position_embeddings")
                : config.requiredCount("max_position_embeddings");
        return width * Math.log(trained / (rotations * 2 * Math.PI)) / (2 * Math.log(theta));
    }

    private double amplitudeOfYarn(double factor) {
        double ofAll = number("mscale_all_dim", 0);
        double share = number("mscale", 0);
        double usual = share > 0 && ofAll > 0 ? growth(factor, share) / growth(factor, ofAll) : growth(factor, 1);
        return number("attention_factor", usual);
    }

    private static double growth(double factor, double share) {
        return factor <= 1 ? 1 : 0.1 * share * Math.log(factor) + 1;
    }

    private double number(String name) {
        JsonNode number = parameters.path(name);
        if (!number.isNumber() || !(number.doubleValue() > 0)) {
            throw config.refused(field, "it has no positive " + name);
        }
        return number.doubleValue();
    }

    private double number(String name, double otherwise) {
        return parameters.hasNonNull(name) ? number(name) : otherwise;
    }
}
