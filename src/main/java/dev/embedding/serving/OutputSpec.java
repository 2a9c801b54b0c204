package dev.embedding.serving;

import dev.embedding.serving.ActiveModel.Lease;
import dev.embedding.serving.Embeddings.Timings;
import dev.embedding.serving.Embeddings.VectorSpace;
import dev.embedding.serving.cache.CacheCounts;
import dev.embedding.serving.cache.CacheLookup;
import dev.embedding.serving.model.EmbeddedText;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.tokenize.TokenizedText;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Specification of a request's vectors under its lease.
 *
 * @param components of each vector
 * @param rejectsTruncation whether nothing may have been cut
 */
record OutputSpec(Lease lease, int components, boolean rejectsTruncation) {

    /** @throws EmbeddingFailure.UnsupportedDimensions when vectors may not be cut to what is requested */
    static OutputSpec of(EmbeddingOptions options, Lease lease) {
        int whole = lease.model().dimension();
        int wanted = options.dimensions().orElse(whole);
        if (wanted != whole) {
            List<Integer> smaller =
                    lease.model().smallerDimensions(lease.options().dimensions());
            if (!smaller.contains(wanted)) {
                throw new EmbeddingFailure.UnsupportedDimensions(wanted, whole, smaller);
            }
        }
        return new OutputSpec(lease, wanted, options.rejectsTruncation());
    }

    LoadedModel model() {
        return lease.model();
    }

    /**
     * Before anything is computed.
     *
     * @param tokenized what is not known yet
     * @throws EmbeddingFailure.TooLong with all inputs that are cut, where none may be
     */
    void requireUntruncated(List<TokenizedText> tokenized, CacheLookup lookup) {
        if (!rejectsTruncation) {
            return;
        }
        List<Integer> cut = Stream.concat(
                        lookup.truncated().stream(),
                        IntStream.range(0, tokenized.size())
                                .filter(index -> tokenized.get(index).truncated())
                                .mapToObj(lookup::indexOf))
                .sorted()
                .toList();
        if (!cut.isEmpty()) {
            throw new EmbeddingFailure.TooLong(
                    cut, model().description().tokenization().maxTokens());
        }
    }

    Embeddings embeddings(List<EmbeddedText> texts, Timings timings, CacheCounts sources) {
        boolean normalize = lease.options().normalize();
        return new Embeddings(
                texts.stream()
                        .map(text -> model().vector(text, normalize, components))
                        .toList(),
                texts.stream().mapToInt(EmbeddedText::tokens).sum(),
                IntStream.range(0, texts.size())
                        .filter(index -> texts.get(index).truncated())
                        .boxed()
                        .toList(),
                new VectorSpace(model().name(), components, lease.fingerprint()),
                timings,
                sources);
    }
}
