package dev.embedding.infer.architecture;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.Optional;

/** Reads rotary positions from {@code config.json}, in the forms of transformers 4 and 5. */
final class RotaryFields {

    private static final String PARAMETERS = "rope_parameters";
    private static final String SCALING = "rope_scaling";
    private static final String THETA = "rope_theta";

    private RotaryFields() {}

    /**
     * Reads the positions of one type of layers.
     *
     * @param width components of a head
     * @param thetaField the field with theta in the form of transformers 4
     * @param scales whether {@code rope_scaling} of that form counts for these layers
     */
    static RotaryPositions read(
            ArchitectureConfig config,
            LayerType layers,
            int width,
            String thetaField,
            double usualTheta,
            boolean scales) {
        config.require("partial_rotary_factor", "1.0", "1");
        config.require("rope_interleaved", "false");
        double theta = config.positive(thetaField, usualTheta);
        JsonNode scaling = config.field(SCALING).orElse(MissingNode.getInstance());
        Optional<JsonNode> parameters = config.field(PARAMETERS);
        if (parameters.isEmpty()) {
            double own = theta(config, SCALING, scaling, theta);
            return scales
                    ? new RotaryScaling(config, SCALING, scaling, own, width).positions()
                    : RotaryPositions.of(own, width);
        }
        if (!scaling.isEmpty()) {
            throw config.refused(SCALING, PARAMETERS + " is there too");
        }
        JsonNode mine =
                parameters.get().has(LayerType.FULL.label()) || parameters.get().has(LayerType.SLIDING.label())
                        ? parameters.get().path(layers.label())
                        : parameters.get();
        if (mine.path("partial_rotary_factor").asDouble(1) != 1) {
            throw config.refused(PARAMETERS, "a partial_rotary_factor is not supported");
        }
        return new RotaryScaling(config, PARAMETERS, mine, theta(config, PARAMETERS, mine, theta), width).positions();
    }

    private static double theta(ArchitectureConfig config, String field, JsonNode parameters, double otherwise) {
        JsonNode theta = parameters.path(THETA);
        if (theta.isMissingNode() || theta.isNull()) {
            return otherwise;
        }
        if (!theta.isNumber() || !(theta.doubleValue() > 0)) {
            throw config.refused(field, "its " + THETA + " is not a positive number");
        }
        return theta.doubleValue();
    }
}
