package dev.embedding.http.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.embedding.http.edge.header.EmbeddingHeaders;
import dev.embedding.reload.SettingsControl;
import dev.embedding.reload.SettingsHealth;
import dev.embedding.serving.FailureKind;
import dev.embedding.serving.ModelRegistry;
import dev.embedding.serving.ModelRegistry.Entry;
import dev.embedding.serving.ModelSlot;
import dev.embedding.serving.RequestFailure;
import dev.embedding.serving.ServingOptions;
import dev.embedding.serving.SmallModels;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.settings.SampleSettings;
import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.SettingKey;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelResourceTest {

    private final SmallModels models = new SmallModels();
    private final ModelRegistry registry = new ModelRegistry("default");
    private final ModelResource resource = new ModelResource(registry, new FixedSettings(), models.host());

    @BeforeEach
    void serve() {
        registry.serve(Map.of(
                "default",
                Entry.of(models.load("bert-cls-normalize"), options(true, "main")),
                "green",
                Entry.of(models.load("distilbert-mean"), options(false, "next", "later")),
                "absent",
                new Entry("org/absent", Optional.empty(), options(true))));
    }

    @AfterEach
    void close() throws InterruptedException {
        models.close();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " ", "default", "main", "bert-cls-normalize", "BERT-cls-normalize:latest"})
    void describesTheDefaultModelByItsNamesAndWithoutOne(@Nullable String name) {
        RestResponse<ModelInfo> response = info(name);

        assertThat(response.getEntity().id()).isEqualTo("default");
        assertThat(response.getEntity().aliases()).containsExactly("main");
        assertThat(response.getHeaderString(EmbeddingHeaders.SPACE))
                .isEqualTo(response.getEntity().fingerprint())
                .isEqualTo(slot("default").fingerprint().orElseThrow());
    }

    @Test
    void describesEachModelByItsOwnOptionsAndSettings() {
        ModelSlot green = slot("green");
        LoadedModel model = green.model().orElseThrow();

        ModelInfo info = ModelInfo.of(green, model, SampleSettings.OTHER.defaultModel(), Optional.empty());

        assertThat(info.id()).isEqualTo("green");
        assertThat(info.modelName()).isEqualTo(model.name());
        assertThat(info.aliases()).containsExactly("next", "later");
        assertThat(info.normalizeEmbeddings()).isFalse();
        assertThat(info.fingerprint()).isEqualTo(model.fingerprint(false)).isNotEqualTo(model.fingerprint(true));
        assertThat(info.maxBatchSize()).isEqualTo(64);
        assertThat(info.deviceConfig()).isEqualTo("auto");
        assertThat(info.dimensions()).containsExactly(8);
    }

    @Test
    void findsNoOtherName() {
        RequestFailure unknown = refusal("nope");

        assertThat(unknown.kind()).isEqualTo(FailureKind.UNKNOWN_MODEL);
        assertThat(unknown.detail()).contains("nope").contains("green");
    }

    @Test
    void namesAModelThatIsNotLoaded() {
        RequestFailure absent = refusal("org/absent");

        assertThat(absent.kind()).isEqualTo(FailureKind.NO_MODEL);
        assertThat(absent.detail()).contains("absent");
    }

    @Test
    void saysThatNoModelIsLoadedBeforeOneIsWhateverTheName() {
        registry.serve(Map.of());

        assertThat(refusal(null).kind()).isEqualTo(FailureKind.NO_MODEL);
        assertThat(refusal("green").kind()).isEqualTo(FailureKind.NO_MODEL);
    }

    @Test
    void aModelWithoutSettingsIsOneThatIsGone() {
        assertThat(refusal("green").kind()).isEqualTo(FailureKind.NO_MODEL);
    }

    private RestResponse<ModelInfo> info(@Nullable String name) {
        return resource.info(name).await().atMost(Duration.ofSeconds(10));
    }

    private RequestFailure refusal(@Nullable String name) {
        return catchThrowableOfType(RequestFailure.class, () -> info(name));
    }

    private ModelSlot slot(String id) {
        return registry.slot(id).orElseThrow();
    }

    private static ServingOptions options(boolean normalize, String... aliases) {
        return new ServingOptions(normalize, List.of(aliases), List.of(8));
    }

    /** Settings of the default model only. */
    private static final class FixedSettings implements SettingsControl {

        @Override
        public ServiceSettings current() {
            return SampleSettings.ONE;
        }

        @Override
        public Set<SettingKey> given() {
            return Set.of();
        }

        @Override
        public String source() {
            return "environment";
        }

        @Override
        public Uni<Void> change(Map<SettingKey, Optional<String>> changes, Optional<String> keyId) {
            throw new UnsupportedOperationException();
        }

        @Override
        public SettingsHealth health() {
            return new SettingsHealth("healthy", Map.of());
        }
    }
}
