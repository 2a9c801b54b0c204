package dev.embedding.tokenize;

import java.util.Arrays;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * The special tokens that are added to each text of a model.
 *
 * @param leading before the text's own tokens
 * @param trailing after them
 */
record SpecialTokens(int[] leading, int[] trailing) {

    static final SpecialTokens NONE = new SpecialTokens(new int[0], new int[0]);

    /**
     * Finds the special tokens of an encoding.
     *
     * @param mask 1 for each special token
     */
    static SpecialTokens of(int[] ids, long[] mask) {
        int leading = 0;
        while (leading < ids.length && mask[leading] == 1) {
            leading++;
        }
        int special = (int) Arrays.stream(mask).sum();
        int trailing = special - leading;
        return new SpecialTokens(
                Arrays.copyOf(ids, leading), Arrays.copyOfRange(ids, ids.length - trailing, ids.length));
    }

    /**
     * The same with a first and a last token, where these are not there already.
     *
     * @param first its id; empty for none
     */
    SpecialTokens ensuring(OptionalInt first, OptionalInt last) {
        boolean starts = first.isEmpty() || leading.length > 0 && leading[0] == first.getAsInt();
        boolean ends = last.isEmpty() || trailing.length > 0 && trailing[trailing.length - 1] == last.getAsInt();
        return new SpecialTokens(
                starts
                        ? leading
                        : IntStream.concat(first.stream(), Arrays.stream(leading))
                                .toArray(),
                ends
                        ? trailing
                        : IntStream.concat(Arrays.stream(trailing), last.stream())
                                .toArray());
    }

    int count() {
        return leading.length + trailing.length;
    }

    IntStream stream() {
        return IntStream.concat(Arrays.stream(leading), Arrays.stream(trailing));
    }

    /** Adds the special tokens to a text's own tokens. */
    int[] around(int[] content) {
        int[] ids = new int[content.length + count()];
        System.arraycopy(leading, 0, ids, 0, leading.length);
        System.arraycopy(content, 0, ids, leading.length, content.length);
        System.arraycopy(trailing, 0, ids, leading.length + content.length, trailing.length);
        return ids;
    }

    /** Whether ids begin and end with these. */
    boolean enclose(int[] ids) {
        int end = ids.length - trailing.length;
        return end >= leading.length
                && Arrays.equals(leading, 0, leading.length, ids, 0, leading.length)
                && Arrays.equals(trailing, 0, trailing.length, ids, end, ids.length);
    }
}
