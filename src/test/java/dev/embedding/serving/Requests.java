package dev.embedding.serving;

import dev.embedding.serving.model.Input;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.Condition;

/** Embedding requests without any options, and callers that name no deadline. */
public final class Requests {

    private Requests() {}

    public static EmbeddingRequest of(List<String> texts) {
        return new EmbeddingRequest(
                Input.ofTexts(texts),
                EmbeddingOptions.prompted(PromptChoice.USUAL),
                PriorityChoice.BY_SIZE,
                Optional.empty(),
                Optional.of(""));
    }

    public static Condition<Throwable> failureOf(FailureKind kind) {
        return new Condition<>(
                failure -> failure instanceof RequestFailure known && known.kind() == kind, "a failure of %s", kind);
    }

    /** The call begins with each subscription. */
    public static Uni<Embeddings> embed(InferenceService inference, EmbeddingRequest request) {
        return Uni.createFrom().deferred(() -> inference.embed(request, CallContext.begin("test", Optional.empty())));
    }
}
