package dev.embedding.http.exchange.json;

import java.util.Random;
import java.util.function.Supplier;

/** Generates random documents with everything that JSON allows, and Python's three additional numbers. */
public final class RandomJson {

    private static final int MAX_DEPTH = 4;

    private final Random random;

    public RandomJson(Random random) {
        this.random = random;
    }

    public String document() {
        return blank() + value(0) + blank();
    }

    private String value(int depth) {
        int dice = random.nextInt(depth < MAX_DEPTH ? 8 : 4);
        return switch (dice) {
            case 0, 1 -> text();
            case 2 -> oneOf("0", "-0", "12", "-1.5", "1e5", "1E+5", "2.5e-3", "10.01");
            case 3 -> oneOf("true", "false", "null", "NaN", "Infinity", "-Infinity");
            case 4, 5 -> "[" + items(() -> value(depth + 1)) + "]";
            default -> "{" + items(() -> text() + blank() + ":" + blank() + value(depth + 1)) + "}";
        };
    }

    private String items(Supplier<String> item) {
        StringBuilder items = new StringBuilder(blank());
        for (int count = random.nextInt(4); count > 0; count--) {
            items.append(item.get()).append(blank());
            if (count > 1) {
                items.append(',').append(blank());
            }
        }
        return items.toString();
    }

    private String text() {
        StringBuilder text = new StringBuilder("\"");
        for (int count = random.nextInt(5); count > 0; count--) {
            text.append(oneOf("a", "é", "中", "😀", "\\n", "\\u00e9", "\\\"", "\\\\", "\\/", "\\ud83d", " ", "\u2028"));
        }
        return text.append('"').toString();
    }

    private String blank() {
        return oneOf("", "", "", " ", "\n", "\t\r");
    }

    private String oneOf(String... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
