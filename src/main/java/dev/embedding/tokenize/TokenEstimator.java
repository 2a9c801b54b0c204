package dev.embedding.tokenize;

import dev.embedding.support.Utf8Text;
import java.util.List;

/**
 * Estimates how many tokens texts have, at a fraction of the cost of tokenizing: characters are counted by kind, and
 * the count is corrected by the exact counts of texts that were tokenized. Thread-safe.
 */
public final class TokenEstimator {

    private static final int WHOLE_WORD = 6;
    private static final double REST_OF_WORD = 0.25;
    private static final double OTHER_LETTER = 0.5;

    /** Number of tokens after which the weight of older texts is halved. */
    private static final double MEMORY_TOKENS = 100_000;

    /** Weight of the initial estimate, so that one unusual text does not change it much. */
    private static final double FIRST_WEIGHT = 1_000;

    private static final double MAX_CORRECTION = 4;

    /** Limit of the characters that are counted, for each token of the model's maximum. */
    private static final int CHARACTERS_PER_TOKEN = 64;

    private final int specialTokens;
    private final int maxTokens;
    private final Object lock = new Object();
    private double counted = FIRST_WEIGHT;
    private double tokenized = FIRST_WEIGHT;
    private volatile double correction = 1;

    /**
     * @param specialTokens number of special tokens of every text
     * @param maxTokens maximum tokens of a text
     */
    TokenEstimator(int specialTokens, int maxTokens) {
        this.specialTokens = specialTokens;
        this.maxTokens = maxTokens;
    }

    /** The approximate number of tokens of these texts with a prompt prepended, after truncation. */
    public long estimate(String prompt, List<Utf8Text> texts) {
        double ofPrompt = count(Utf8Text.of(prompt));
        double factor = correction;
        long sum = 0;
        for (Utf8Text text : texts) {
            sum += atMost(specialTokens + (long) Math.ceil(factor * (ofPrompt + count(text))));
        }
        return sum;
    }

    /** The number of tokens that remain after truncation. */
    public long atMost(long tokens) {
        return Math.min(maxTokens, tokens);
    }

    /**
     * Updates the correction with a text that was tokenized and not truncated.
     *
     * @param tokens its number of tokens, special ones included
     */
    public void learn(String prompt, Utf8Text text, int tokens) {
        double count = count(Utf8Text.of(prompt)) + count(text);
        double exact = tokens - specialTokens;
        if (count <= 0 || exact <= 0) {
            return;
        }
        synchronized (lock) {
            double kept = Math.pow(0.5, exact / MEMORY_TOKENS);
            counted = counted * kept + count;
            tokenized = tokenized * kept + exact;
            correction = Math.max(1 / MAX_CORRECTION, Math.min(MAX_CORRECTION, tokenized / counted));
        }
    }

    /**
     * Counts a word of the Latin alphabet as one token, and more when it is long; ideographs, syllables, symbols and
     * punctuation as one each; two letters of other alphabets as one. Counting ends at the model's maximum, and at a
     * limit of characters that only a text with hardly any words reaches.
     */
    private double count(Utf8Text text) {
        double enough = MAX_CORRECTION * maxTokens;
        long characters = (long) CHARACTERS_PER_TOKEN * maxTokens;
        double count = 0;
        int word = 0;
        Utf8Text.CodePoints codePoints = text.codePoints();
        while (count < enough && characters-- > 0) {
            int character = codePoints.next();
            if (character == Utf8Text.END) {
                break;
            }
            if (isLatin(character)) {
                word++;
                count += word == 1 ? 1 : word > WHOLE_WORD ? REST_OF_WORD : 0;
            } else {
                word = 0;
                count += alone(character);
            }
        }
        return count;
    }

    private static boolean isLatin(int character) {
        return character < 0x80
                ? character >= 'a' && character <= 'z'
                        || character >= 'A' && character <= 'Z'
                        || character >= '0' && character <= '9'
                : character >= 0xC0 && character < 0x250;
    }

    private static double alone(int character) {
        if (character <= ' ' || character == 0xA0 || character >= 0x300 && character < 0x370) {
            return 0; // blanks and accents
        }
        boolean isSyllable = character >= 0x2E80;
        return !isSyllable && Character.isLetter(character) ? OTHER_LETTER : 1;
    }
}
