package dev.embedding.bench;

import java.util.Locale;

/** A figure over the rounds. */
record Spread(double median, double least, double most) {

    static Spread of(double[] values) {
        return new Spread(Quantile.median(values), Quantile.of(values, 0), Quantile.of(values, 1));
    }

    /** In Markdown, without decimals. */
    String whole() {
        return String.format(Locale.ROOT, "%.0f (%.0f – %.0f)", median, least, most);
    }

    /** In Markdown, with so many decimals and the median emphasised. */
    String ratio(int decimals) {
        String number = "%." + decimals + "f";
        return String.format(Locale.ROOT, "**" + number + "** (" + number + " – " + number + ")", median, least, most);
    }
}
