package dev.embedding.infer.architecture;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The transformers of one family, after their {@code config.json} was read. To add a family: a class like the others,
 * and a line in {@link Architectures}.
 */
interface Family {

    /** Width of the last layer's rows. */
    int width();

    /** What the names of the weights may begin with. */
    List<String> prefixes();

    /** A weight that every model of the family has, without prefix. */
    String firstWeight();

    /** Names of weights, without prefix, that do not change the vectors. */
    Pattern unusedWeights();

    /** The last layer's rows: of all tokens, or, where {@link Blocks#selects}, of the pooled ones. */
    String rows(Blocks blocks);
}
