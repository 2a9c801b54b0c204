import com.fasterxml.jackson.databind.ObjectMapper;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel.OpenAiEmbeddingModelBuilder;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** LangChain4j's model: reads texts as JSON, prints the vectors it got, each with the way it got them. */
final class LangChain4jClient {

    public static void main(String[] arguments) throws IOException {
        ObjectMapper json = new ObjectMapper();
        List<String> texts = List.of(json.readValue(System.in, String[].class));
        // README: begin
        OpenAiEmbeddingModel model = OpenAiEmbeddingModel.builder()
                .baseUrl("http://localhost:8001/v1")
                .apiKey("none")
                .modelName("BAAI/bge-small-en-v1.5")
                .build();
        float[] vector = model.embed("Hello world").content().vector();
        // README: end
        requireRefusal(builder().modelName("another"), ModelNotFoundException.class);
        requireRefusal(builder().dimensions(100), InvalidRequestException.class);
        json.writeValue(
                System.out,
                Map.of(
                        "printed", List.of(vector),
                        "texts", vectors(builder(), texts),
                        "base64", vectors(builder().encodingFormat("base64"), texts),
                        "float", vectors(builder().encodingFormat("float"), texts),
                        "dimensions", vectors(builder().dimensions(128), List.of("Hello world"))));
    }

    private static OpenAiEmbeddingModelBuilder builder() {
        return OpenAiEmbeddingModel.builder()
                .baseUrl("http://localhost:8001/v1")
                .apiKey("none")
                .modelName("BAAI/bge-small-en-v1.5");
    }

    private static List<float[]> vectors(OpenAiEmbeddingModelBuilder builder, List<String> texts) {
        List<TextSegment> segments = texts.stream().map(TextSegment::from).toList();
        return builder.build().embedAll(segments).content().stream()
                .map(Embedding::vector)
                .toList();
    }

    private static void requireRefusal(OpenAiEmbeddingModelBuilder builder, Class<? extends Exception> kind) {
        try {
            builder.build().embed("Hello world");
        } catch (RuntimeException refusal) {
            if (Stream.iterate((Throwable) refusal, cause -> cause != null, Throwable::getCause)
                    .anyMatch(kind::isInstance)) {
                return;
            }
            throw refusal;
        }
        throw new AssertionError("No " + kind);
    }
}
