package dev.embedding.serving;

import dev.embedding.serving.ActiveModel.Lease;
import dev.embedding.serving.Embeddings.Timings;
import dev.embedding.serving.Embeddings.VectorSpace;
import dev.embedding.serving.cache.CacheCounts;
import dev.embedding.serving.cache.CacheLookup;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.serving.model.Output;
import dev.embedding.tokenize.TokenizedText;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Output format of a request under its lease.
 *
 * @param dimension dimension of each vector
 * @param rejectsTruncation whether truncated inputs are rejected
 */
record OutputSpec(Lease lease, int dimension, boolean rejectsTruncation) {

    /** @throws EmbeddingFailure.UnsupportedDimensions when vectors may not be truncated to the requested dimension */
    static OutputSpec of(EmbeddingOptions options, Lease lease) {
        int modelDimension = lease.model().dimension();
        int requested = options.dimensions().orElse(modelDimension);
        if (requested != modelDimension) {
            List<Integer> smaller =
                    lease.model().smallerDimensions(lease.options().dimensions());
            if (!smaller.contains(requested)) {
                throw new EmbeddingFailure.UnsupportedDimensions(requested, modelDimension, smaller);
            }
        }
        return new OutputSpec(lease, requested, options.rejectsTruncation());
    }

    LoadedModel model() {
        return lease.model();
    }

    /**
     * Rejects truncated inputs, where required, before anything is computed.
     *
     * @param tokenized texts that are not cached
     * @throws EmbeddingFailure.TooLong with the indices of all truncated inputs
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
            throw new EmbeddingFailure.TooLong(
                    truncated, model().description().tokenization().maxTokens());
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
