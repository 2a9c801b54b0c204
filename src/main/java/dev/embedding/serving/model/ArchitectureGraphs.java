package dev.embedding.serving.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.infer.architecture.Architectures;
import dev.embedding.infer.architecture.BuiltGraph;
import dev.embedding.infer.architecture.UnsupportedArchitectureException;
import dev.embedding.model.BuildableGraphs;
import dev.embedding.model.file.ModelWeights;
import dev.embedding.vector.Pooling;
import dev.embedding.vector.VectorHead;
import dev.embedding.vector.VectorSteps;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Test by the families of transformers that the engine knows. */
public final class ArchitectureGraphs implements BuildableGraphs {

    @Override
    public Optional<String> refusal(JsonNode config) {
        return Architectures.refusal(config);
    }

    @Override
    public Weights weights(JsonNode config, List<Path> files) throws IOException {
        VectorHead head = new VectorHead(List.of(Pooling.MEAN), false, VectorSteps.NONE);
        try (ModelWeights content = ModelWeights.open(files)) {
            return new Weights(
                    content.precision(), BuiltGraph.of(config, content, head).copiedBytes());
        } catch (UnsupportedArchitectureException unfit) {
            throw new IOException(unfit.getMessage(), unfit);
        }
    }
}
