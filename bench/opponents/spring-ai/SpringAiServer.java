import java.nio.file.Path;
import org.springframework.ai.transformers.TransformersEmbeddingModel;

/** Spring AI's in-process ONNX model as a service. */
final class SpringAiServer {

    private SpringAiServer() {}

    /** Serves until it is ended. */
    public static void main(String... arguments) throws Exception {
        Path files = Path.of(System.getenv("MODEL"));
        TransformersEmbeddingModel model = new TransformersEmbeddingModel();
        model.setModelResource(files.resolve("onnx/model.onnx").toUri().toString());
        model.setTokenizerResource(files.resolve("tokenizer.json").toUri().toString());
        model.setModelOutputName("last_hidden_state");
        model.setDisableCaching(true); // of the model's files, which are local
        model.afterPropertiesSet();
        Handler.serve(model::embed);
    }
}
