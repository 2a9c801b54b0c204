package dev.embedding.tokenize;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/** Generates long texts of unusual Unicode characters from a seed. A text is a mixture of a few kinds of fragments. */
final class RandomText {

    private static final List<Function<Random, String>> KINDS = List.of(
            random -> oneOf(
                    random, " ", "  ", "\t", "\n", "\r\n", " \n ", "\u00A0", "\u2003", "\u3000", "\u2028", "\u0085"),
            random -> " ",
            random -> word(random, 'a', 26, 1 + random.nextInt(8)),
            random -> word(random, 'a', 26, 1 + random.nextInt(400)),
            random -> word(random, 'A', 26, 1 + random.nextInt(10)),
            random -> "ab".substring(random.nextInt(2)).repeat(1 + random.nextInt(120)),
            random -> oneOf(random, "the ", "and ", "is ", "ing ", "Python ", "str", "def ", "return ", "123 ", "2024"),
            random -> word(random, 0x4E00, 0x2000, 1 + random.nextInt(30)),
            random -> word(random, 0x20000, 0x100, 1 + random.nextInt(5)),
            random -> word(random, 0x2B81E, 6, 1 + random.nextInt(12)),
            random -> oneOf(
                    random, ".", ",", "!", "?!", "...", "-", "_", "'s", "\"", "(", ")", "=====", "#", "$", "`", "~"),
            random -> oneOf(random, "。", "、", "…", "—", "«", "»", "·", "‐", "¿", "٪", "॥", "\u2E43", "\u1144B"),
            random ->
                    oneOf(random, "≠", "≮", "≯", "`", "´", "€", "+", "<", ">", "№", "©", "™", "½", "²", "ﬁ", "\u166D"),
            random -> word(random, 0x0300, 0x70, 1 + random.nextInt(20)),
            random -> oneOf(
                    random, "\u0301", "\u0338", "\u20DD", "\u0488", "\u093F", "\u0941", "\u1ABF", "\u1AC0", "\u08D4",
                    "\u0D00"),
            random -> oneOf(
                    random,
                    "\u200B",
                    "\u200D",
                    "\uFEFF",
                    "\u00AD",
                    "\u2060",
                    "\uFE0F",
                    "\uDB40\uDD00",
                    "\u180E",
                    "\u08E2"),
            random -> oneOf(
                    random, "\0", "\u0001", "\u0007", "\u001B", "\u001C", "\u001F", "\u007F", "\u0080", "\u0000\u0000"),
            random -> "\uFFFD",
            random -> oneOf(random, "😀", "👩‍👩‍👧", "🇩🇪", "❤️", "☃", "🏽", "1️⃣"),
            random -> oneOf(
                    random,
                    "[CLS]",
                    "[UNK]",
                    "[SEP]",
                    "[MASK]",
                    "[PAD]",
                    "<s>",
                    "</s>",
                    "<mask>",
                    "<pad>",
                    "<|endoftext|>"),
            random -> oneOf(
                    random, "[CL", "S]", "[", "]", "[cls]", "[ CLS ]", "[C\u200BLS]", "<", "mask>", "<|", "[UN", "K]"),
            random -> oneOf(random, "\u0378", "\u0380", "\u0530", "\uFFFF", "\uDBFF\uDFFF", "\uD83F\uDFFF", "\u2FE0"),
            random -> oneOf(random, "\uE000", "\uF8FF", "\uDB80\uDC00"),
            random -> word(random, 0x05D0, 26, 1 + random.nextInt(8)),
            random -> word(random, 0x0627, 36, 1 + random.nextInt(8)),
            random -> word(random, 0xAC00, 11_172, 1 + random.nextInt(40)),
            random -> word(random, 0x1100, 256, 1 + random.nextInt(6)),
            random -> word(random, 0x0905, 64, 1 + random.nextInt(9)),
            random -> word(random, 0x0E01, 58, 1 + random.nextInt(9)),
            random -> word(random, 0xFF01, 94, 1 + random.nextInt(5)),
            random -> oneOf(random, "İ", "ß", "ς", "Σ", "ŉ", "ǆ", "Å", "K", "ﷺ", "ΐ", "ᾳ", "É", "ñ", "ü"),
            random -> word(random, '0', 10, 1 + random.nextInt(30)),
            RandomText::anyCharacter);

    private final Random random;
    private final List<Function<Random, String>> kinds = new ArrayList<>();

    RandomText(Random random) {
        this.random = random;
        for (int count = 1 + random.nextInt(6); count > 0; count--) {
            kinds.add(KINDS.get(random.nextInt(KINDS.size())));
        }
    }

    /** Text of at least that many characters. */
    String ofLength(int length) {
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            text.append(kinds.get(random.nextInt(kinds.size())).apply(random));
        }
        return Surrogates.replaceLone(text.toString());
    }

    private static String oneOf(Random random, String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private static String word(Random random, int first, int count, int length) {
        StringBuilder word = new StringBuilder();
        for (int index = 0; index < length; index++) {
            word.appendCodePoint(first + random.nextInt(count));
        }
        return word.toString();
    }

    private static String anyCharacter(Random random) {
        return Character.toString(random.nextInt(random.nextBoolean() ? 0x3000 : Character.MAX_CODE_POINT + 1));
    }
}
