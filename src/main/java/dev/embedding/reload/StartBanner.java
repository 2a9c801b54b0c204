package dev.embedding.reload;

import dev.embedding.serving.EmbeddingModel;
import dev.embedding.serving.ModelHost;
import dev.embedding.settings.ServiceSettings;

/** What a person wants to know once the service answers. */
final class StartBanner {

    private StartBanner() {}

    static String of(ServiceSettings settings, EmbeddingModel model, ModelHost host) {
        String address =
                "http://" + (settings.host().equals("0.0.0.0") ? "localhost" : settings.host()) + ":" + settings.port();
        return """

                  Embedding Service answers
                    address    %s
                    docs       %s/docs
                    model      %s (%s pooling, at most %d tokens, loaded in %.2f s)
                    dimension  %d
                    device     %s (%s asked for)
                    provider   %s, ONNX Runtime %s
                    lanes      %d
                """.formatted(
                        address,
                        address,
                        model.name(),
                        model.description().pooling().label(),
                        model.description().maxTokens(),
                        model.loadTime().toMillis() / 1000.0,
                        model.dimension(),
                        model.device(),
                        settings.device(),
                        model.executionProvider(),
                        host.engineVersion(),
                        model.lanes());
    }
}
