package dev.embedding.model.layout;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Estimate of the memory that a transformer's run with one text takes: for the usual shapes an upper bound within twice
 * the measured memory. Weights are not part of it.
 *
 * <p>A graph that the service builds computes attention in blocks, so its memory is linear in the length. An exported
 * graph keeps the scores of all pairs of tokens, several times.
 *
 * @param hidden width of a token's vector
 * @param inner width of the feed-forward layer
 * @param heads number of attention heads
 * @param headWidth width of one head
 * @param exported whether the graph was exported, and not built by the service
 */
record RunMemory(int hidden, int inner, int heads, int headWidth, boolean exported) {

    /** Texts of this many tokens are always computed: the usual length of models. */
    static final int ALWAYS = 512;

    /** Where memory limits the length, it is a multiple of this. */
    static final int STEP = 64;

    private static final int FLOAT_BYTES = 4;
    private static final double COPIES_OF_SCORES = 4;
    private static final double BLOCK_BYTES_OF_A_HEAD = (64 << 20) / 12.0;

    /** @param config {@code config.json}; the result is empty where it does not tell the widths */
    static Optional<RunMemory> of(JsonNode config, boolean exported) {
        int hidden = count(config, "hidden_size", "dim", "n_embd", "d_model");
        int inner = count(config, "intermediate_size", "hidden_dim", "n_inner", "d_ff");
        int heads = count(config, "num_attention_heads", "n_heads", "n_head", "num_heads");
        if (hidden == 0 || inner == 0 || heads == 0) {
            return Optional.empty();
        }
        int headWidth = count(config, "head_dim", "d_kv");
        return Optional.of(new RunMemory(hidden, inner, heads, headWidth > 0 ? headWidth : hidden / heads, exported));
    }

    /** The first of some fields that is a positive number; 0 where none is. */
    private static int count(JsonNode config, String... names) {
        return Stream.of(names)
                .mapToInt(name -> config.path(name).asInt(0))
                .filter(count -> count > 0)
                .findFirst()
                .orElse(0);
    }

    /** Bytes that a text of this many tokens takes; {@link Long#MAX_VALUE} for more than a number holds. */
    long bytes(int tokens) {
        double ofAToken = FLOAT_BYTES * (4.0 * hidden + 5.0 * heads * headWidth + 2.0 * inner);
        double scores = exported ? FLOAT_BYTES * COPIES_OF_SCORES * heads * tokens * tokens : 0;
        return (long) (BLOCK_BYTES_OF_A_HEAD * heads + ofAToken * tokens + scores);
    }

    /**
     * The maximum tokens of a text that takes no more than some bytes: {@code most} where that fits, else a multiple of
     * {@value #STEP}, and never less than {@code most} or {@value #ALWAYS}, whichever is smaller.
     *
     * @param most maximum tokens of a text in any amount of memory
     */
    int maxTokens(long bytes, int most) {
        if (most <= ALWAYS || bytes(most) <= bytes) {
            return most;
        }
        int fitting = ALWAYS;
        int tooMany = most;
        while (tooMany - fitting > 1) {
            int middle = fitting + (tooMany - fitting) / 2;
            if (bytes(middle) <= bytes) {
                fitting = middle;
            } else {
                tooMany = middle;
            }
        }
        return fitting / STEP * STEP;
    }
}
