package dev.embedding.infer.architecture;

import dev.embedding.infer.onnx.GraphBuilder;
import dev.embedding.infer.onnx.Nodes;
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
        String queryCount = count(queries);
        String keyCount = count(keys);
        String all = graph.op("Range", graph.integer(0), graph.op("Add", queryCount, keyCount), graph.integer(1));
        @Nullable String ofKeys = null;
        @Nullable String ofQueries = null;
        if (positionKeys != null) {
            String last = graph.op("Add", start, graph.op("Sub", queryCount, graph.integer(1)));
            String products = products(queries, positionKeys, graph.op("Sub", last, all));
            ofKeys = pairs(products, queryCount, keyCount);
        }
        if (positionQueries != null) {
            String first = graph.op("Sub", start, graph.op("Sub", keyCount, graph.integer(1)));
            String products = products(keys, positionQueries, graph.op("Add", first, all));
            ofQueries = transposed(pairs(products, keyCount, queryCount), 0, 1, 3, 2);
        }
        return sum(ofKeys, ofQueries);
    }

    @Override
    public String ofOne(String queries, String keys, String distances) {
        // From key to query, as the table has it.
        String rows = this.rows.of(graph, graph.op("Neg", graph.op("Squeeze", distances, graph.integers(1))));
        String ofKeys = positionKeys == null ? null : dotted(queries, graph.op("Gather", positionKeys, rows));
        String ofQueries = positionQueries == null ? null : dotted(keys, graph.op("Gather", positionQueries, rows));
        return sum(ofKeys, ofQueries);
    }

    /** Products of rows with the positions at some distances, {@code [batch, heads, count, distances]}. */
    private String products(String rows, String positions, String distances) {
        String table = graph.op("Gather", positions, this.rows.of(graph, distances));
        String byHead = graph.op("Reshape", table, graph.integers(-1, heads, width));
        return graph.op("MatMul", transposed(byHeads(rows), 0, 2, 1, 3), transposed(byHead, 1, 2, 0));
    }

    /**
     * The matrix of pairs, {@code [batch, heads, rows, columns]}.
     *
     * @param products for each row the products with {@code rows + columns} distances, of which the first one needed is
     *     {@code rows - 1} less the row's number
     */
    private String pairs(String products, String rows, String columns) {
        String length = graph.op("Sub", graph.op("Add", rows, columns), graph.integer(1));
        String first = graph.op("Sub", rows, graph.integer(1));
        String end = graph.op("Add", first, graph.op("Mul", rows, length));
        String flat = graph.op("Reshape", products, graph.integers(0, 0, -1));
        String needed = graph.op("Slice", flat, list(first), list(end), graph.integers(2));
        String shape = graph.op("Concat", List.of(graph.integers(0, 0, -1), list(length)), Nodes.axis(0));
        String grid = graph.op("Reshape", needed, shape);
        return graph.op("Slice", grid, graph.integers(0), list(columns), graph.integers(3));
    }

    /** Products of each key's numbers by head, {@code [batch, heads, 1, keys]}. */
    private String dotted(String one, String other) {
        String sums = graph.reduce("ReduceSum", byHeads(graph.op("Mul", one, other)), -1, false);
        return graph.op("Unsqueeze", transposed(sums, 0, 2, 1), graph.integers(2));
    }

    private String byHeads(String rows) {
        return graph.op("Reshape", rows, graph.integers(0, 0, heads, width));
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
