package dev.embedding.support.config;

/** Parser of whole numbers within a range, for converters. */
public final class WholeNumber {

    private WholeNumber() {}

    /**
     * Parses a number of a range, bounds included; surrounding blanks do not count.
     *
     * @param rule what goes on after "must be" in the message
     * @throws IllegalArgumentException when the text is no such number
     */
    public static int parse(String text, int least, int most, String rule) {
        try {
            int number = Integer.parseInt(text.strip());
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // Reported by the exception below.
        }
        throw new IllegalArgumentException("must be " + rule);
    }
}
