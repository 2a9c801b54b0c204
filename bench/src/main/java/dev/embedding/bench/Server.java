package dev.embedding.bench;

import java.util.List;
import java.util.Map;

/**
 * A server of bge-small-en-v1.5 that can be measured.
 *
 * @param directory below {@code bench/opponents}, with its programs {@code setup} and {@code serve}; empty for the service
 * @param shape of its requests
 * @param environment variables of its {@code serve}
 * @param comparable whether it computes the service's vectors
 */
record Server(
        String name, String title, String directory, Shape shape, Map<String, String> environment, boolean comparable) {

    static final String TEI = "tei";
    static final String LANGCHAIN4J = "langchain4j";

    static final Server SERVICE = new Server("service", "Embedding Service", "", Shape.OURS, Map.of(), true);

    private static final Shape OPENAI = new Shape("/embeddings", "{\"model\": \"bge-small-en-v1.5\", \"input\": ");

    static final List<Server> OPPONENTS = List.of(
            new Server(TEI, "text-embeddings-inference", "tei", new Shape("/embed", "{\"inputs\": "), Map.of(), true),
            new Server(
                    "sentence-transformers",
                    "sentence-transformers, FastAPI",
                    "sentence-transformers",
                    Shape.OURS,
                    Map.of(),
                    true),
            new Server("infinity-torch", "Infinity, PyTorch", "infinity", OPENAI, Map.of("ENGINE", "torch"), true),
            new Server(
                    "infinity-onnx", "Infinity, ONNX Runtime", "infinity", OPENAI, Map.of("ENGINE", "optimum"), true),
            new Server(LANGCHAIN4J, "LangChain4j in process", "langchain4j", Shape.OURS, Map.of(), true),
            new Server("spring-ai", "Spring AI in process", "spring-ai", Shape.OURS, Map.of(), false));

    /** @throws IllegalArgumentException when there is none of that name */
    static Server opponent(String name) {
        return OPPONENTS.stream()
                .filter(server -> server.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no server " + name));
    }

    boolean isService() {
        return directory.isEmpty();
    }
}
