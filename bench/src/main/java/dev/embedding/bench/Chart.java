package dev.embedding.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Groups of columns in SVG. */
final class Chart {

    private static final List<String> COLOURS =
            List.of("#1b6ca8", "#e07b39", "#5a9e4b", "#9b6bb3", "#c94f5d", "#8c7355", "#7a7a7a");
    private static final int HEIGHT = 380;
    private static final int TOP = 76;
    private static final int BOTTOM = 340;
    private static final int LEFT = 64;
    private static final int WIDTH = 960;
    private static final int WIDEST_COLUMN = 60;
    private static final int LABELLED_COLUMN = 30;
    private static final int GAP = 24;
    private static final int LEGEND_COLUMN = 220;

    /**
     * One column.
     *
     * @param from where it begins; the axis' own begin for a plain one
     * @param low lower end of its whisker, {@code high} the upper one; both equal for none
     */
    record Column(double from, double to, double low, double high) {

        static Column of(Spread spread) {
            return new Column(0, spread.median(), spread.least(), spread.most());
        }

        /** Nothing was measured. */
        static final Column NONE = new Column(Double.NaN, Double.NaN, Double.NaN, Double.NaN);
    }

    /** A group's columns, one for each of the series, in their order. */
    record Group(String name, List<Column> columns) {}

    private final StringBuilder svg = new StringBuilder();
    private final boolean logarithmic;
    private final double least;
    private final double most;
    /** Of a column with the space after it. */
    private final double width;

    private Chart(List<String> series, List<Group> groups, boolean logarithmic) {
        this.logarithmic = logarithmic;
        List<Column> columns = groups.stream()
                .flatMap(group -> group.columns().stream())
                .filter(column -> !Double.isNaN(column.to()))
                .toList();
        double highest = columns.stream()
                .mapToDouble(column -> Math.max(column.to(), column.high()))
                .max()
                .orElse(1);
        double lowest = columns.stream()
                .mapToDouble(column -> Math.min(column.from(), column.low()))
                .min()
                .orElse(1);
        most = logarithmic
                ? Math.pow(10, Math.ceil(Math.log10(highest)))
                : step(highest) * Math.ceil(highest / step(highest));
        least = logarithmic ? Math.pow(10, Math.floor(Math.log10(lowest))) : 0;
        double free = WIDTH - LEFT - GAP - (double) groups.size() * GAP;
        width = Math.min(WIDEST_COLUMN, free / Math.max(1, groups.size() * series.size()));
    }

    /** @param series names of the columns */
    static String of(String title, List<String> series, List<Group> groups, boolean logarithmic) {
        Chart chart = new Chart(series, groups, logarithmic);
        chart.open(title);
        chart.legend(series);
        chart.axis();
        double left = LEFT + GAP;
        for (Group group : groups) {
            chart.group(group, left);
            left += series.size() * chart.width + GAP;
        }
        return chart.svg.append("</svg>\n").toString();
    }

    private void open(String title) {
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"12\">",
                WIDTH, HEIGHT, WIDTH, HEIGHT);
        add("<title>%s</title>", title);
        add("<rect width=\"%d\" height=\"%d\" fill=\"white\"/>", WIDTH, HEIGHT);
        add("<text x=\"%d\" y=\"18\" font-size=\"14\" font-weight=\"bold\">%s</text>", LEFT, title);
    }

    private void legend(List<String> series) {
        for (int index = 0; index < series.size(); index++) {
            int x = LEFT + index % 4 * LEGEND_COLUMN;
            int y = 28 + index / 4 * 18;
            add("<rect x=\"%d\" y=\"%d\" width=\"11\" height=\"11\" fill=\"%s\"/>", x, y, colour(index));
            add("<text x=\"%d\" y=\"%d\">%s</text>", x + 16, y + 10, series.get(index));
        }
    }

    private void axis() {
        for (double tick : ticks()) {
            double y = y(tick);
            add("<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#ddd\"/>", LEFT, y, WIDTH, y);
            add(
                    "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
                    LEFT - 6,
                    y + 4,
                    tick < 10
                            ? Double.toString(tick).replaceAll("\\.0$", "")
                            : String.format(Locale.ROOT, "%.0f", tick));
        }
    }

    private List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        if (logarithmic) {
            for (double tick = least; tick <= most * 1.01; tick *= 10) {
                ticks.add(tick);
            }
        } else {
            double step = step(most);
            for (int tick = 0; tick * step <= most * 1.001; tick++) {
                ticks.add(Math.round(tick * step * 100) / 100.0);
            }
        }
        return ticks;
    }

    /** A round number, of which four to ten reach the highest value. */
    private static double step(double highest) {
        double power = Math.pow(10, Math.floor(Math.log10(highest)));
        double ratio = highest / power;
        return ratio < 2 ? power / 5 : ratio < 5 ? power / 2 : power;
    }

    private void group(Group group, double left) {
        for (int index = 0; index < group.columns().size(); index++) {
            Column column = group.columns().get(index);
            if (!Double.isNaN(column.to())) {
                column(column, left + index * width, colour(index));
            }
        }
        add(
                "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                left + group.columns().size() * width / 2, BOTTOM + 18, group.name());
    }

    private void column(Column column, double x, String colour) {
        double top = y(column.to());
        double bottom = y(Math.max(column.from(), least));
        add(
                "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>",
                x, top, width - 2, Math.max(1, bottom - top), colour);
        if (width >= LABELLED_COLUMN) {
            add(
                    "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>",
                    x + (width - 2) / 2,
                    y(Math.max(column.to(), column.high())) - 4,
                    String.format(Locale.ROOT, column.to() < 100 ? "%.2f" : "%.0f", column.to()));
        }
        if (column.high() > column.low()) {
            double middle = x + (width - 2) / 2;
            add(
                    "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#222\"/>",
                    middle, y(column.low()), middle, y(column.high()));
        }
    }

    private double y(double value) {
        double share =
                logarithmic ? Math.log(value / least) / Math.log(most / least) : (value - least) / (most - least);
        return BOTTOM - share * (BOTTOM - TOP);
    }

    private static String colour(int index) {
        return COLOURS.get(index % COLOURS.size());
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
