package dev.embedding.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The service under a scenario's clients, each on a connection of its own. */
final class ServiceSide implements AutoCloseable {

    private static final int CHECKED_TEXTS = 8;

    private final ServiceProcess service;
    private final int textsPerRequest;
    private final Rotation<EmbedRequest> requests;
    private final List<EmbedConnection> connections = new ArrayList<>();

    ServiceSide(Scenario scenario, List<Text> texts, ServiceProcess service) throws IOException {
        this.service = service;
        textsPerRequest = scenario.textsPerRequest();
        requests = new Rotation<>(EmbedRequest.of(texts, textsPerRequest));
        for (int client = 0; client < scenario.clients(); client++) {
            connections.add(new EmbedConnection(service.port()));
        }
    }

    /**
     * Sends a few texts and compares the answers' {@code tokens} with the tokenizer's.
     *
     * @throws IOException when they differ: the two sides would not do the same work
     */
    void check() throws IOException {
        EmbedConnection connection = connections.get(0);
        for (int checked = 0; checked < CHECKED_TEXTS; checked += textsPerRequest) {
            EmbedRequest request = requests.next();
            connection.send(request);
            if (connection.tokens() != request.tokens()) {
                throw new IOException("The service counts " + connection.tokens()
                        + " tokens where the tokenizer counts " + request.tokens());
            }
        }
    }

    Measurement measure(Duration time) throws InterruptedException {
        List<Caller> callers = new ArrayList<>();
        for (EmbedConnection connection : connections) {
            callers.add(() -> {
                EmbedRequest request = requests.next();
                connection.send(request);
                return request.tokens();
            });
        }
        return ClosedLoop.run(callers, time, service.handle());
    }

    @Override
    public void close() throws IOException {
        for (EmbedConnection connection : connections) {
            connection.close();
        }
    }
}
