package dev.embedding.support.config;

import org.eclipse.microprofile.config.spi.Converter;

/** Converter of a number from 0 to 1. */
public final class Fraction implements Converter<Double> {

    /** Sentence about the numbers, for {@link Rule}. */
    public static final String RULE = "a number from 0 to 1";

    @Override
    public Double convert(String text) {
        try {
            double number = Double.parseDouble(text.strip());
            if (number >= 0 && number <= 1) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // Reported by the exception below.
        }
        throw new IllegalArgumentException("must be " + RULE);
    }
}
