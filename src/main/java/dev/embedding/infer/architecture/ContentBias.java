package dev.embedding.infer.architecture;

/**
 * A bias of scores by the distance from a query to a key and by their contents. Queries and keys are
 * {@code [batch, count, heads × width]}.
 */
interface ContentBias {

    /**
     * The bias of all pairs, {@code [batch, heads, queries, keys]}.
     *
     * @param start place of the first query; the first key's is 0
     */
    String ofBlock(String queries, String keys, String start);

    /**
     * The bias of one query a text, {@code [batch, heads, 1, keys]}.
     *
     * @param distances from the query to each key, {@code [batch, 1, keys]}
     */
    String ofOne(String queries, String keys, String distances);
}
