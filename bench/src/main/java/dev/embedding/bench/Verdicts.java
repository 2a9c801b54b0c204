package dev.embedding.bench;

import java.util.Locale;

/** A table of what was wanted and what was seen, in Markdown. */
final class Verdicts {

    private final StringBuilder text = new StringBuilder();

    /** @param heading with its number signs */
    Verdicts(String heading) {
        text.append('\n').append(heading).append("\n\n| what | seen | target | |\n|---|---|---|---|\n");
    }

    void atMost(String what, String unit, double seen, double target) {
        row(what, unit, seen, "≤ " + number(target), seen <= target);
    }

    void atLeast(String what, String unit, double seen, double target) {
        row(what, unit, seen, "≥ " + number(target), seen >= target);
    }

    void seen(String what, String unit, double seen) {
        text.append(String.format(Locale.ROOT, "| %s | %s %s | | |%n", what, number(seen), unit));
    }

    private void row(String what, String unit, double seen, String target, boolean met) {
        text.append(String.format(
                Locale.ROOT,
                "| %s | **%s** %s | %s | %s |%n",
                what,
                number(seen),
                unit,
                target,
                met ? "pass" : "**miss**"));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, Math.abs(value) < 10 ? "%.3f" : "%.1f", value)
                .replaceAll("\\.?0+$", "");
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
