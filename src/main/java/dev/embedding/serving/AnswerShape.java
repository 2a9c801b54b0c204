package dev.embedding.serving;

import dev.embedding.serving.ActiveModel.Lease;
import dev.embedding.serving.Embeddings.Timings;
import dev.embedding.serving.Embeddings.VectorSpace;
import dev.embedding.serving.cache.CacheCounts;
import dev.embedding.serving.cache.Recall;
import dev.embedding.serving.model.EmbeddedText;
import dev.embedding.serving.model.EmbeddingModel;
import dev.embedding.tokenize.TokenizedText;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a request's vectors will be like, under its lease.
 *
 * @param components of each vector
 * @param refusesLonger whether nothing may have been cut
 */
record AnswerShape(Lease lease, int components, boolean refusesLonger) {

    /** @throws EmbeddingFailure.OtherDimensions when vectors may not be cut to what is wanted */
    static AnswerShape of(VectorWish wish, Lease lease) {
        int whole = lease.model().dimension();
        int wanted = wish.dimensions().orElse(whole);
        if (wanted != whole) {
            List<Integer> smaller =
                    lease.model().smallerDimensions(lease.options().dimensions());
            if (!smaller.contains(wanted)) {
                throw new EmbeddingFailure.OtherDimensions(wanted, whole, smaller);
            }
        }
        return new AnswerShape(lease, wanted, wish.refusesLonger());
    }

    EmbeddingModel model() {
        return lease.model();
    }

    /**
     * Before anything is computed.
     *
     * @param tokenized what is not known yet
     * @throws EmbeddingFailure.TooLong with all inputs that are cut, where none may be
     */
    void requireWhole(List<TokenizedText> tokenized, Recall recall) {
        if (!refusesLonger) {
            return;
        }
        List<Integer> cut = Stream.concat(
                        recall.truncated().stream(),
                        IntStream.range(0, tokenized.size())
                                .filter(index -> tokenized.get(index).truncated())
                                .mapToObj(recall::indexOf))
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
