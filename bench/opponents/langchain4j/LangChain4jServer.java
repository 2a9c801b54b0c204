import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.bgesmallenv15.BgeSmallEnV15EmbeddingModel;
import java.io.IOException;

/** LangChain4j's in-process model as a service. */
final class LangChain4jServer {

    private LangChain4jServer() {}

    /** Serves until it is ended. */
    public static void main(String... arguments) throws IOException {
        EmbeddingModel model = new BgeSmallEnV15EmbeddingModel();
        Handler.serve(
                texts -> model.embedAll(texts.stream().map(TextSegment::from).toList()).content().stream()
                        .map(Embedding::vector)
                        .toList());
    }
}
