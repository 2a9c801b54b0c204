import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** The least that turns a library's embedding model into a service: {@code POST /embed} with {@code {"texts": […]}}. */
final class Handler {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The body of a request. */
    public record Texts(List<String> texts) {}

    private final Function<List<String>, List<float[]>> model;

    private Handler(Function<List<String>, List<float[]>> model) {
        this.model = model;
    }

    /** Serves at the port of the environment's {@code PORT}, with a thread for each request in flight. */
    static void serve(Function<List<String>, List<float[]>> model) throws IOException {
        int port = Integer.parseInt(System.getenv("PORT"));
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/embed", new Handler(model)::handle);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            int status = 200;
            byte[] answer;
            try {
                Texts request = JSON.readValue(exchange.getRequestBody(), Texts.class);
                answer = JSON.writeValueAsBytes(Map.of("embeddings", model.apply(request.texts())));
            } catch (IOException | RuntimeException failed) {
                status = 500;
                answer = failed.toString().getBytes(StandardCharsets.UTF_8);
            }
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }
}
