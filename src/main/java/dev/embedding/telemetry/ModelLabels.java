package dev.embedding.telemetry;

/**
 * Labels of the meter that describes a served model.
 *
 * @param name name of the model as configured
 * @param fingerprint of the served vectors
 * @param device device in use
 * @param provider execution provider, by ONNX Runtime's name
 */
public record ModelLabels(String name, String fingerprint, String device, String provider) {}
