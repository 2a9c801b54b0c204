import com.fasterxml.jackson.databind.ObjectMapper;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.springframework.ai.openai.OpenAiEmbeddingModel;
import org.springframework.ai.openai.OpenAiEmbeddingOptions;
import org.springframework.ai.openai.OpenAiEmbeddingOptions.EncodingFormat;

/** Spring AI's model: reads texts as JSON, prints the vectors it got, each with the way it got them. */
final class SpringAiClient {

    public static void main(String[] arguments) throws IOException {
        ObjectMapper json = new ObjectMapper();
        List<String> texts = List.of(json.readValue(System.in, String[].class));
        // README: begin
        OpenAiEmbeddingModel model = OpenAiEmbeddingModel.builder()
                .options(OpenAiEmbeddingOptions.builder()
                        .baseUrl("http://localhost:8001/v1")
                        .apiKey("none")
                        .model("BAAI/bge-small-en-v1.5")
                        .build())
                .build();
        float[] vector = model.embed("Hello world");
        // README: end
        requireRefusal(options().model("another"), NotFoundException.class);
        requireRefusal(options().dimensions(100), BadRequestException.class);
        json.writeValue(
                System.out,
                Map.of(
                        "printed", List.of(vector),
                        "texts", vectors(options(), texts),
                        "base64", vectors(options().encodingFormat(EncodingFormat.BASE64), texts),
                        "float", vectors(options().encodingFormat(EncodingFormat.FLOAT), texts),
                        "dimensions", vectors(options().dimensions(128), List.of("Hello world"))));
    }

    private static OpenAiEmbeddingOptions.Builder options() {
        return OpenAiEmbeddingOptions.builder()
                .baseUrl("http://localhost:8001/v1")
                .apiKey("none")
                .model("BAAI/bge-small-en-v1.5");
    }

    private static List<float[]> vectors(OpenAiEmbeddingOptions.Builder options, List<String> texts) {
        return OpenAiEmbeddingModel.builder().options(options.build()).build().embed(texts);
    }

    private static void requireRefusal(OpenAiEmbeddingOptions.Builder options, Class<? extends Exception> kind) {
        try {
            vectors(options, List.of("Hello world"));
        } catch (RuntimeException refusal) {
            if (kind.isInstance(refusal)) {
                return;
            }
            throw refusal;
        }
        throw new AssertionError("No " + kind);
    }
}
