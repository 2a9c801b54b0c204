package dev.embedding.app;

import dev.embedding.reload.ServedModel;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.serving.model.ModelHost;
import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.Setting;
import dev.embedding.settings.environment.ListenAddress;

/** Startup message for operators: addresses, model, device and lanes. */
final class StartupBanner {

    private StartupBanner() {}

    /** @param environment source of the listen address */
    static String of(ServedModel served, ServiceSettings environment, ModelHost host) {
        LoadedModel model = served.model();
        String address = ListenAddress.of(environment).url();
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
                        name(served),
                        model.description().pooling(),
                        model.description().tokenization().maxTokens(),
                        model.loadTime().toMillis() / 1000.0,
                        model.dimension(),
                        model.device(),
                        served.settings().get(Setting.DEVICE),
                        model.executionProvider(),
                        host.engineVersion(),
                        model.lanes());
    }

    private static String name(ServedModel served) {
        String name = served.model().name();
        return served.id().equals(ServiceSettings.DEFAULT_MODEL) ? name : served.id() + " = " + name;
    }
}
