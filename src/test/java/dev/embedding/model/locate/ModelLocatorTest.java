package dev.embedding.model.locate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embedding.fixture.ReferenceModel;
import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelDescription.Source;
import dev.embedding.model.ModelRequest;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.model.layout.ModelCopy;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelLocatorTest {

    @Test
    void findsALocalDirectory() {
        Path directory = ReferenceModel.of("bert-cls-normalize").directory();

        ModelDescription model = NoHub.locator().locate(ModelRequest.of(directory.toString()));

        assertThat(model.source()).isEqualTo(Source.DIRECTORY);
        assertThat(model.name()).isEqualTo(directory.toString());
    }

    @Test
    void findsABundledModelByItsName(@TempDir Path root) throws IOException {
        ModelCopy.of("bert-cls-normalize", root.resolve("some-company/some-model"));

        ModelDescription model = NoHub.locator(root).locate(ModelRequest.of("some-company/some-model"));

        assertThat(model.source()).isEqualTo(Source.BUNDLED);
        assertThat(model.weights()).isEqualTo(root.resolve("some-company/some-model/onnx/model.onnx"));
    }

    @Test
    void prefersTheFirstFolderThatHasIt(@TempDir Path first, @TempDir Path second) throws IOException {
        ModelCopy.of("bert-cls-normalize", first.resolve("a"));
        ModelCopy.of("bert-cls-normalize", second.resolve("a"));
        ModelCopy.of("bert-cls-normalize", second.resolve("b"));
        ModelLocator locator = NoHub.locator(first, second);

        assertThat(locator.locate(ModelRequest.of("a")).weights()).startsWith(first);
        assertThat(locator.locate(ModelRequest.of("b")).weights()).startsWith(second);
    }

    @Test
    void findsTheBundledModel() {
        ModelDescription model =
                NoHub.locator(Path.of("target/models")).locate(ModelRequest.of("BAAI/bge-small-en-v1.5"));

        assertThat(model.pooling()).isEqualTo("cls");
        assertThat(model.normalizes()).isTrue();
        assertThat(model.tokenization().maxTokens()).isEqualTo(512);
    }

    @ParameterizedTest
    @ValueSource(strings = {"BAAI/no-such-model", "no such model", "a\0b", "a:b*?"})
    void namesAModelThatIsNotFound(String name, @TempDir Path root) {
        ModelLocator locator = NoHub.locator(root);

        assertThatThrownBy(() -> locator.locate(ModelRequest.of(name)))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageStartingWith(
                        "Model " + name + " is neither a local directory nor bundled with this service: ");
    }

    @Test
    void findsNothingOutsideOfTheBundledModels(@TempDir Path parent) throws IOException {
        ModelCopy.of("bert-cls-normalize", parent.resolve("secret"));
        ModelCopy.of("bert-max", parent.resolve("models/a"));
        ModelLocator locator = NoHub.locator(parent.resolve("models"));

        assertThatThrownBy(() -> locator.locate(ModelRequest.of("../secret")))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageContaining("is neither a local directory nor bundled");
        assertThatThrownBy(() -> locator.locate(ModelRequest.of("a/../../secret")))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageContaining("is neither a local directory nor bundled");
    }

    @Test
    void looksBesideTheRunnableAndInTheBuild() {
        assertThat(ModelLocator.defaultBundledRoots())
                .hasSize(2)
                .endsWith(Path.of("target", "models"))
                .allSatisfy(root -> assertThat(root).hasFileName("models"));
    }
}
