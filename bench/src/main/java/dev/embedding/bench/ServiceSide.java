package dev.embedding.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The service under a scenario's clients, each on a connection of its own. */
final class ServiceSide {

    private static final int CHECKED_TEXTS = 8;

    private final ServiceProcess service;
    private final int clients;
    private final int textsPerRequest;
    private final Rotation<EmbedRequest> requests;

    ServiceSide(Scenario scenario, List<Text> texts, ServiceProcess service) {
        this.service = service;
        clients = scenario.clients();
        textsPerRequest = scenario.textsPerRequest();
        requests = new Rotation<>(EmbedRequest.of(texts, textsPerRequest));
    }

    /**
     * Sends a few texts and compares the answers' {@code tokens} with the tokenizer's.
     *
     * @throws IOException when they differ: the two sides would not do the same work
     */
    void check() throws IOException {
        try (EmbedConnection connection = new EmbedConnection(service.port())) {
            for (int checked = 0; checked < CHECKED_TEXTS; checked += textsPerRequest) {
                EmbedRequest request = requests.next();
                connection.send(request);
                if (connection.tokens() != request.tokens()) {
                    throw new IOException("The service counts " + connection.tokens()
                            + " tokens where the tokenizer counts " + request.tokens());
                }
            }
        }
    }

    /** The connections last as long as this: the service closes those that are silent for long. */
    Measurement measure(Duration time) throws IOException, InterruptedException {
        List<EmbedConnection> connections = new ArrayList<>();
        try {
            List<Caller> callers = new ArrayList<>();
            for (int client = 0; client < clients; client++) {
                EmbedConnection connection = new EmbedConnection(service.port());
                connections.add(connection);
                callers.add(() -> {
                    EmbedRequest request = requests.next();
                    connection.send(request);
                    return request.tokens();
                });
            }
            return ClosedLoop.run(callers, time, service.handle());
        } finally {
            for (EmbedConnection connection : connections) {
                connection.close();
            }
        }
    }
}
