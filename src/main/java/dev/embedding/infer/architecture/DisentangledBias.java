package dev.embedding.infer.architecture;

import dev.embedding.infer.onnx.GraphBuilder;
import dev.embedding.infer.onnx.Nodes;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * DeBERTa's bias of scores: products of queries with positions' keys, and of keys with positions' queries, where the
 * position is the distance.
 *
 * <p>The products with each distance that occurs are a matrix of rows {@code [count]} by distances. In memory a row's
 * first needed number lies one step farther than that of the row before, so that slices and a shape with rows that are
 * shorter by one make a matrix of pairs of it; no index is computed for each pair.
 *
 * @param rows row of the positions' table for each distance from a key to a query
 * @param positionKeys scaled keys of the table's rows, {@code [rows, heads × width]}; null without such products
 * @param positionQueries the same of queries
 * @see <a href="https://arxiv.org/abs/2006.03654">DeBERTa</a>
 */
record DisentangledBias(
        GraphBuilder graph,
        DistanceTable rows,
        int heads,
        int width,
        @Nullable String positionKeys,
        @Nullable String positionQueries)
        implements ContentBias {

    @Override
    public String ofBlock(String queries, String keys, String start) {
        return sum(
                positionKeys == null ? null : ofPositionKeys(positionKeys, queries, keys, start),
                positionQueries == null ? null : ofPositionQueries(positionQueries, queries, keys, start));
    }

    private String ofPositionKeys(String table, String queries, String keys, String start) {
        String queryCount = count(queries);
        String keyCount = count(keys);
        String last = graph.op("Add", start, graph.op("Sub", queryCount, graph.integer(1)));
        String distances = graph.op("Sub", last, range(graph.op("Add", queryCount, keyCount)));
        String positions = transposed(byHeads(table(table, distances), -1), 1, 2, 0);
        String products = graph.op("MatMul", transposed(byHeads(queries, 0, 0), 0, 2, 1, 3), positions);
        return pairs(products, queryCount, keyCount, 2);
    }

    /** Each key needs as many distances as there are queries: keys are computed in groups of that size. */
    private String ofPositionQueries(String table, String queries, String keys, String start) {
        String size = count(queries);
        String keyCount = count(keys);
        String lastKey = graph.op("Sub", keyCount, graph.integer(1));
        String groups = graph.op("Div", graph.op("Add", lastKey, size), size);
        String filled = graph.op("Min", range(graph.op("Mul", groups, size)), lastKey);
        String grouped = graph.op(
                "Reshape",
                graph.op("Gather", List.of(keys, filled), Nodes.axis(1)),
                shape(graph.integers(0), list(groups), list(size), graph.integers(heads, width)));
        String first = graph.op("Sub", start, graph.op("Sub", size, graph.integer(1)));
        String firsts = graph.op("Sub", first, graph.op("Mul", range(groups), size));
        String distances =
                graph.op("Add", graph.op("Unsqueeze", firsts, graph.integers(1)), range(graph.op("Add", size, size)));
        String positions = transposed(byHeads(table(table, distances), 0, 0), 0, 2, 3, 1);
        String products = graph.op("MatMul", transposed(grouped, 0, 1, 3, 2, 4), positions);
        String pairs = transposed(pairs(products, size, size, 3), 0, 2, 4, 1, 3);
        String together = graph.op("Reshape", pairs, graph.integers(0, 0, 0, -1));
        return graph.op("Slice", together, graph.integers(0), list(keyCount), graph.integers(3));
    }

    @Override
    public String ofOne(String queries, String keys, String distances) {
        // From key to query, as the table has it.
        String rows = this.rows.of(graph, graph.op("Neg", graph.op("Squeeze", distances, graph.integers(1))));
        String ofKeys = positionKeys == null ? null : dotted(queries, graph.op("Gather", positionKeys, rows));
        String ofQueries = positionQueries == null ? null : dotted(keys, graph.op("Gather", positionQueries, rows));
        return sum(ofKeys, ofQueries);
    }

    private String table(String positions, String distances) {
        return graph.op("Gather", positions, rows.of(graph, distances));
    }

    /**
     * The matrix of pairs, {@code [..., rows, columns]}.
     *
     * @param products for each row the products with {@code rows + columns} distances, of which the first one needed is
     *     {@code rows - 1} less the row's number
     * @param axes how many axes there are before
     */
    private String pairs(String products, String rows, String columns, int axes) {
        String length = graph.op("Sub", graph.op("Add", rows, columns), graph.integer(1));
        String first = graph.op("Sub", rows, graph.integer(1));
        String end = graph.op("Add", first, graph.op("Mul", rows, length));
        String before = graph.integers(new long[axes]);
        String flat = graph.op("Reshape", products, shape(before, graph.integers(-1)));
        String needed = graph.op("Slice", flat, list(first), list(end), graph.integers(axes));
        String grid = graph.op("Reshape", needed, shape(before, graph.integers(-1), list(length)));
        return graph.op("Slice", grid, graph.integers(0), list(columns), graph.integers(axes + 1L));
    }

    private String shape(String... parts) {
        return graph.op("Concat", List.of(parts), Nodes.axis(0));
    }

    /** Products of each key's numbers by head, {@code [batch, heads, 1, keys]}. */
    private String dotted(String one, String other) {
        String sums = graph.reduce("ReduceSum", byHeads(graph.op("Mul", one, other), 0, 0), -1, false);
        return graph.op("Unsqueeze", transposed(sums, 0, 2, 1), graph.integers(2));
    }

    private String byHeads(String rows, long... before) {
        long[] shape = Arrays.copyOf(before, before.length + 2);
        shape[before.length] = heads;
        shape[before.length + 1] = width;
        return graph.op("Reshape", rows, graph.integers(shape));
    }

    private String range(String count) {
        return graph.op("Range", graph.integer(0), count, graph.integer(1));
    }

    private String transposed(String tensor, long... axes) {
        return graph.op("Transpose", List.of(tensor), GraphBuilder.integers("perm", axes));
    }

    private String sum(@Nullable String one, @Nullable String other) {
        if (one == null || other == null) {
            return one == null ? Objects.requireNonNull(other) : one;
        }
        return graph.op("Add", one, other);
    }

    private String count(String rows) {
        return graph.op("Gather", graph.op("Shape", rows), graph.integer(1));
    }

    private String list(String number) {
        return graph.op("Reshape", number, graph.integers(1));
    }
}
