package dev.embedding.serving;

import dev.embedding.serving.Embeddings.Timings;
import dev.embedding.serving.Embeddings.VectorSpace;
import dev.embedding.serving.cache.CacheCounts;
import dev.embedding.serving.cache.CacheLookup;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.serving.model.Output;
import dev.embedding.tokenize.TokenizedText;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Output format of a request under its lease.
 *
 * @param dimension dimension of each vector
 * @param rejectsTruncation whether truncated inputs are rejected
 */
record OutputSpec(Lease lease, int dimension, boolean rejectsTruncation) {

    /** @throws RequestFailure when vectors may not be truncated to the requested dimension */
    static OutputSpec of(EmbeddingOptions options, Lease lease) {
        int modelDimension = lease.model().dimension();
        int requested = options.dimensions().orElse(modelDimension);
        if (requested != modelDimension) {
            List<Integer> smaller =
                    lease.model().smallerDimensions(lease.options().dimensions());
            if (!smaller.contains(requested)) {
                throw unsupported(requested, modelDimension, smaller);
            }
        }
        return new OutputSpec(lease, requested, options.rejectsTruncation());
    }

    private static RequestFailure unsupported(int requested, int whole, List<Integer> allowed) {
        String may = allowed.isEmpty()
                ? " and may not be cut (EMBEDDING_DIMENSIONS allows it)."
                : " and may be cut to " + allowed.stream().map(String::valueOf).collect(Collectors.joining(", ")) + ".";
        return RequestFailure.unfit(
                FailureKind.UNSUPPORTED_DIMENSIONS,
                "dimensions",
                "Vectors of " + requested + " dimensions are not served: those of this model have " + whole + may);
    }

    LoadedModel model() {
        return lease.model();
    }

    /**
     * Rejects truncated inputs, where required, before anything is computed.
     *
     * @param tokenized texts that are not cached
     * @throws RequestFailure with the indices of all truncated inputs
     */
    void requireUntruncated(List<TokenizedText> tokenized, CacheLookup lookup) {
        if (!rejectsTruncation) {
            return;
        }
        List<Integer> truncated = Stream.concat(
                        lookup.truncated().stream(),
                        IntStream.range(0, tokenized.size())
                                .filter(index -> tokenized.get(index).truncated())
                                .mapToObj(lookup::indexOf))
                .sorted()
                .toList();
        if (!truncated.isEmpty()) {
            throw RequestFailure.unfitInput(
                    FailureKind.TOO_LONG,
                    "Input at index " + InputIndices.shown(truncated) + " is longer than the "
                            + model().description().tokenization().maxTokens()
                            + " tokens that the model takes; shorten it, or allow it to be cut.");
        }
    }

    Embeddings embeddings(List<Output> texts, Timings timings, CacheCounts sources) {
        boolean normalize = lease.options().normalize();
        return new Embeddings(
                texts.stream()
                        .map(text -> model().vector((Output.Dense) text, normalize, dimension))
                        .toList(),
                texts.stream().mapToInt(Output::tokens).sum(),
                IntStream.range(0, texts.size())
                        .filter(index -> texts.get(index).truncated())
                        .boxed()
                        .toList(),
                new VectorSpace(model().name(), dimension, lease.fingerprint()),
                timings,
                sources);
    }
}
