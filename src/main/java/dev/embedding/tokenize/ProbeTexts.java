package dev.embedding.tokenize;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;

/**
 * Generates short texts with characters that tokenizers treat differently. The same tokenizer always gets the same
 * texts.
 */
final class ProbeTexts {

    private static final int COUNT = 150;

    private static final List<String> WORDS = parts(
            " ",
            "a the Hello WORLD word don't it's 's internationalisation x of I McDonald 1 42 2024 3.14 1,000"
                    + " 7th 0x1F ² ½ № №5 ⅷ . , ! ?! ... - -- — ( ) \" “ ” ' _ __ # $5 50% a/b < > [ ] { } @ & * = == ` ~"
                    + " ^ | \\ • § € + … café cafe\u0301 n\u0303 Zürich straße İ ς ﬁn Å ´ ¨ ‾ ͺ Привет мир Ελλάδα שלום"
                    + " שָׁלוֹם مرحبا مَرْحَبًا नमस्ते की ไทย 한국어 가 가 中文 東京 日本語 ひらがな カタカナ ｶﾀｶﾅ ， 。 、 「 𠀀 😀 👩‍👩‍👧 🇩🇪 ❤️ ☃"
                    + " → ™ ▁ ▁▁ Ġ ## ##s <s> </s> <mask> [MASK] [CLS S] <|endoftext|> \uFFFD \u2047");

    /** Separators between words; most often a blank is used instead. */
    private static final List<String> BETWEEN = parts(
            "|",
            "|  |    |          |\n|\n\n| \n|\n |\t|\r\n|\u00A0|\u3000|\u2003|\u200B|\u200D|\uFEFF|\u00AD|\u0001"
                    + "|\u0085|\u2028|\u0301| \u0301|\u200B | \u200B");

    private ProbeTexts() {}

    static List<String> of(TokenizerDefinition definition) {
        Random random = new Random(1);
        List<String> own = definition.unusualTokens();
        List<String> texts = new ArrayList<>();
        for (int count = 0; count < COUNT; count++) {
            texts.add(mixed(random, own));
        }
        for (String token : own) {
            texts.add(oneOf(random, WORDS) + " " + token + " " + oneOf(random, WORDS) + token + " word");
        }
        return texts;
    }

    private static String mixed(Random random, List<String> own) {
        StringBuilder text = new StringBuilder();
        if (random.nextInt(4) == 0) {
            text.append(between(random));
        }
        for (int words = 2 + random.nextInt(24); words > 0; words--) {
            text.append(oneOf(random, !own.isEmpty() && random.nextInt(12) == 0 ? own : WORDS));
            text.append(words > 1 || random.nextInt(4) == 0 ? between(random) : "");
        }
        return text.toString();
    }

    private static String between(Random random) {
        return random.nextInt(4) > 0 ? " " : oneOf(random, BETWEEN);
    }

    private static List<String> parts(String separator, String all) {
        return List.of(all.split(Pattern.quote(separator)));
    }

    private static String oneOf(Random random, List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
