package dev.embedding.infer.architecture;

import ai.onnx.proto.OnnxMl.AttributeProto;
import dev.embedding.infer.onnx.GraphBuilder;
import dev.embedding.infer.onnx.Selection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Attention between the tokens of each text. The memory of long texts grows with their tokens and not with their
 * square: ONNX Runtime does so itself where nothing is masked; anything else is computed for blocks of queries, each
 * with the keys within its reach.
 */
final class Attention {

    /** Texts up to this length are computed in one step, longer ones in blocks of at most as many queries. */
    private static final int LARGEST_BLOCK = 512;

    /** The same where there are several numbers for each pair of tokens. */
    private static final int LONGEST_WITH_CONTENT = 256;

    private static final int LARGEST_BLOCK_WITH_CONTENT = 128;

    /** Added to what is masked. */
    private static final float MASKED = -1e30f;

    private final GraphBuilder graph;
    private final Tokens tokens;
    private final @Nullable Selection selection;
    private final QueryBlocks usualBlocks;
    private @Nullable QueryBlocks blocksWithContent;
    /** By what decides it: the bias of all pairs of tokens, where they are computed in one step. */
    private final Map<List<Object>, String> biases = new HashMap<>();

    /** @param selection the tokens that are pooled, one a text; null where all are */
    Attention(GraphBuilder graph, Tokens tokens, @Nullable Selection selection) {
        this.graph = graph;
        this.tokens = tokens;
        this.selection = selection;
        this.usualBlocks = new QueryBlocks(graph, tokens, LARGEST_BLOCK, LARGEST_BLOCK);
    }

    /**
     * Attention of one layer.
     *
     * @param keyHeads heads of keys and values, each for as many heads of queries
     * @param width components of a head
     * @param scale factor of the scores
     * @param relative what is added to the scores by distance; null for nothing
     * @param content what is added to them by distance and contents; null for nothing
     */
    record Form(
            int heads,
            int keyHeads,
            int width,
            double scale,
            Reach reach,
            @Nullable RelativeBias relative,
            @Nullable ContentBias content) {

        Form(int heads, int keyHeads, int width, double scale, Reach reach, @Nullable RelativeBias relative) {
            this(heads, keyHeads, width, scale, reach, relative, null);
        }

        /** Scores of all tokens, to which something is added by distance and contents. */
        static Form withContent(int heads, int width, double scale, ContentBias content) {
            return new Form(heads, heads, width, scale, Reach.ALL, null, content);
        }

        /** As many heads of keys as of queries, together as wide as a row. */
        static Form usual(int heads, int rowWidth, Reach reach, @Nullable RelativeBias relative) {
            int width = rowWidth / heads;
            return new Form(heads, heads, width, 1 / Math.sqrt(width), reach, relative);
        }

        int queryWidth() {
            return heads * width;
        }

        boolean addsBias() {
            return relative != null || content != null || !reach.isAll();
        }
    }

    /** A bias of scores by the distance from a query to a key. */
    @FunctionalInterface
    interface RelativeBias {
        /** @return {@code [the distances' shape, heads]} */
        String of(String distances);
    }

    /** The rows of all queries' contexts, {@code [tokens, heads × width]}. */
    String all(Form form, String queries, String keys, String values) {
        String query = tokens.spread(queries);
        String key = tokens.spread(repeated(form, keys));
        String value = tokens.spread(repeated(form, values));
        String mask = form.reach().seesPadding() ? tokens.keyMask : "";
        if (!form.addsBias()) {
            return graph.either(
                    tokens.unpadded,
                    () -> tokens.packed(attend(form, query, key, value, "", "")),
                    () -> graph.either(
                            usualBlocks.inOneStep,
                            () -> tokens.packed(attend(form, query, key, value, mask, "")),
                            () -> inBlocks(usualBlocks, form, query, key, value)));
        }
        ContentBias content = form.content();
        String bias = content == null ? biasOfOneStep(form) : "";
        QueryBlocks blocks = content == null ? usualBlocks : blocksWithContent();
        return graph.either(
                blocks.inOneStep,
                () -> {
                    String added = content == null ? bias : content.ofBlock(query, key, graph.integer(0));
                    return tokens.packed(attend(form, query, key, value, mask, added));
                },
                () -> inBlocks(blocks, form, query, key, value));
    }

    /** The contexts of the pooled tokens' queries, {@code [batch, heads × width]}. */
    String selected(Form form, String queries, String keys, String values) {
        String query = graph.op("Unsqueeze", queries, graph.integers(1));
        String key = tokens.spread(repeated(form, keys));
        String value = tokens.spread(repeated(form, values));
        String bias = "";
        if (form.addsBias()) {
            String position =
                    graph.op("Unsqueeze", Objects.requireNonNull(selection).positions(), graph.integers(1, 2));
            String distances = graph.op("Sub", range(graph.integer(0), tokens.longest), position);
            ContentBias content = form.content();
            bias = content == null ? bias(form, distances, 3) : content.ofOne(query, key, distances);
        }
        String mask = form.reach().seesPadding() ? tokens.keyMask : "";
        return graph.op("Squeeze", attend(form, query, key, value, mask, bias), graph.integers(1));
    }

    /** Each head of keys as often as queries use it. */
    private String repeated(Form form, String keys) {
        int times = form.heads() / form.keyHeads();
        if (times == 1) {
            return keys;
        }
        String heads = graph.op("Reshape", keys, graph.integers(-1, form.keyHeads(), 1, form.width()));
        String expanded = graph.op("Expand", heads, graph.integers(1, 1, times, 1));
        return graph.op("Reshape", expanded, graph.integers(-1, form.queryWidth()));
    }

    private String attend(Form form, String query, String key, String value, String mask, String bias) {
        List<String> operands = new ArrayList<>(List.of(query, key, value, "", mask, bias));
        while (operands.get(operands.size() - 1).isEmpty()) {
            operands.remove(operands.size() - 1);
        }
        return graph.runtimeOp(
                "MultiHeadAttention",
                operands,
                GraphBuilder.integer("num_heads", form.heads()),
                GraphBuilder.number("scale", form.scale()),
                GraphBuilder.number("mask_filter_value", MASKED));
    }

    private String biasOfOneStep(Form form) {
        List<Object> key = new ArrayList<>(List.of(form.reach()));
        if (form.relative() != null) {
            key.add(form.relative());
        }
        return biases.computeIfAbsent(
                key,
                unused -> graph.either(
                        usualBlocks.inOneStep,
                        () -> {
                            String places = range(graph.integer(0), tokens.longest);
                            String distances =
                                    graph.op("Sub", places, graph.op("Unsqueeze", places, graph.integers(1)));
                            return bias(form, distances, 2);
                        },
                        () -> graph.op("Reshape", graph.number(0), graph.integers(1, 1, 1, 1))));
    }

    /**
     * What is added to the scores, {@code [batch or 1, heads or 1, queries, keys]}.
     *
     * @param distances {@code [queries, keys]}, or with the batch in front
     */
    private String bias(Form form, String distances, int rank) {
        Reach reach = form.reach();
        List<String> limits = new ArrayList<>();
        if (reach.limitsAhead()) {
            limits.add(graph.op("LessOrEqual", distances, graph.integer(reach.ahead())));
        }
        if (reach.limitsBack()) {
            limits.add(graph.op("GreaterOrEqual", distances, graph.integer(-reach.back())));
        }
        String bias = "";
        if (!limits.isEmpty()) {
            String seen = limits.size() == 1 ? limits.get(0) : graph.op("And", limits);
            String masked = graph.op("Where", seen, graph.number(0), graph.number(MASKED));
            bias = graph.op("Unsqueeze", masked, rank == 2 ? graph.integers(0, 1) : graph.integers(1));
        }
        if (form.relative() == null) {
            return bias;
        }
        String byHead = form.relative().of(distances);
        String relative = rank == 2
                ? graph.op("Unsqueeze", transposed(byHead, 2, 0, 1), graph.integers(0))
                : transposed(byHead, 0, 3, 1, 2);
        return bias.isEmpty() ? relative : graph.op("Add", relative, bias);
    }

    private String transposed(String tensor, long... axes) {
        AttributeProto order = GraphBuilder.integers("perm", axes);
        return graph.op("Transpose", List.of(tensor), order);
    }

    private QueryBlocks blocksWithContent() {
        if (blocksWithContent == null) {
            blocksWithContent = new QueryBlocks(graph, tokens, LONGEST_WITH_CONTENT, LARGEST_BLOCK_WITH_CONTENT);
        }
        return blocksWithContent;
    }

    private String inBlocks(QueryBlocks blocks, Form form, String query, String key, String value) {
        Reach reach = form.reach();
        String results = graph.each(blocks.count, index -> {
            String start = blocks.start(index);
            String end = graph.op("Add", start, blocks.length);
            String from = reach.limitsBack()
                    ? graph.op("Max", graph.op("Sub", start, graph.integer(reach.back())), graph.integer(0))
                    : graph.integer(0);
            String to = reach.limitsAhead()
                    ? graph.op("Min", graph.op("Add", end, graph.integer(reach.ahead())), tokens.longest)
                    : tokens.longest;
            String queries = part(query, start, end);
            String bias = "";
            if (form.content() != null) {
                bias = form.content().ofBlock(queries, key, start);
            } else if (form.addsBias()) {
                String distances =
                        graph.op("Sub", range(from, to), graph.op("Unsqueeze", range(start, end), graph.integers(1)));
                bias = bias(form, distances, 2);
            }
            String mask = reach.seesPadding() ? part(tokens.keyMask, from, to) : "";
            return attend(form, queries, part(key, from, to), part(value, from, to), mask, bias);
        });
        String rows = graph.op("Reshape", results, graph.integers(-1, form.queryWidth()));
        return graph.op("Gather", rows, blocks.places);
    }

    private String range(String from, String to) {
        return graph.op("Range", from, to, graph.integer(1));
    }

    /** A part along the second axis. */
    private String part(String tensor, String from, String to) {
        return graph.op("Slice", tensor, list(from), list(to), graph.integers(1));
    }

    private String list(String number) {
        return graph.op("Reshape", number, graph.integers(1));
    }
}
