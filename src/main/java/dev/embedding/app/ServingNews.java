package dev.embedding.app;

import dev.embedding.reload.RemovedModel;
import dev.embedding.reload.ServedModel;
import dev.embedding.reload.ServingListener;
import dev.embedding.serving.model.ModelHost;
import dev.embedding.settings.ServiceSettings;
import dev.embedding.support.Names;
import jakarta.enterprise.event.Event;
import java.time.Duration;
import org.jboss.logging.Logger;

/** Passes on what is served: to the log, to whoever observes the events, and to the sizing of the heap. */
final class ServingNews implements ServingListener {

    private static final Logger LOG = Logger.getLogger("dev.embedding");
    private static final Duration HEAP_SETTLES = Duration.ofSeconds(5);
    private static final Duration HEAP_IDLE = Duration.ofSeconds(30);

    private final Event<ServedModel> served;
    private final Event<RemovedModel> removed;
    private final ServiceSettings environment;
    private final ModelHost host;
    private boolean heapIsSized;

    ServingNews(Event<ServedModel> served, Event<RemovedModel> removed, ServiceSettings environment, ModelHost host) {
        this.served = served;
        this.removed = removed;
        this.environment = environment;
        this.host = host;
    }

    @Override
    public void served(ServedModel model) {
        served.fire(model);
        LOG.info(
                model.loaded()
                        ? StartupBanner.of(model, environment, host)
                        : "In force for the model " + model.id() + ": "
                                + Names.onOneLine(model.settings().values().toString()));
        if (!heapIsSized) {
            heapIsSized = true;
            // Objects that only the start needed are garbage by then.
            JavaHeap.shrinkAfter(HEAP_SETTLES);
            JavaHeap.shrinkWhenIdle(HEAP_IDLE);
        }
    }

    @Override
    public void removed(RemovedModel model) {
        removed.fire(model);
    }
}
