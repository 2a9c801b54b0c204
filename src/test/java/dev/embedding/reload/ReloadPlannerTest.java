package dev.embedding.reload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.reload.Step.Add;
import dev.embedding.reload.Step.Refuse;
import dev.embedding.reload.Step.Replace;
import dev.embedding.reload.Step.Retune;
import dev.embedding.settings.ModelSettings;
import dev.embedding.settings.SampleSettings;
import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.Setting;
import dev.embedding.settings.Setting.Effect;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReloadPlannerTest {

    private static final String ID = ServiceSettings.DEFAULT_MODEL;
    private static final String PLAIN = "00000000000000000000000000000000";
    private static final String NORMALIZED = "11111111111111111111111111111111";
    private static final ServiceSettings CURRENT = SampleSettings.ONE;
    /** Another value for every setting; the required space is that of the running model. */
    private static final ServiceSettings OTHER =
            SampleSettings.mixed(SampleSettings.OTHER, requiring(PLAIN), Set.of(Setting.REQUIRED_SPACE));

    @Test
    void addsTheFirstModel() {
        assertThat(plan(Map.of(), CURRENT.models()))
                .containsExactly(new Add(ID, CURRENT.defaultModel(), List.of("no model is loaded")));
    }

    @Test
    void hasNoStepsWhenTheWantedSettingsAreInForce() {
        assertThat(plan(running(CURRENT), CURRENT.models())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "model_name, Replace, model_name: a/model → b/model",
        "device, Replace, device: cpu → auto",
        "model_cache_dir, Replace, model_cache_dir: ./model_cache → ./cache",
        "normalize_embeddings, Retune, normalize_embeddings: true → false",
        "max_batch_size, Retune, max_batch_size: 32 → 64",
        "precision, Replace, precision: fp32 → int8",
        "lane_share, Retune, lane_share: 1 → 4",
        "model_aliases, Retune, 'model_aliases: [] → [b, text-embedding-3-small]'",
        "dimensions, Retune, 'dimensions: [] → [128, 256]'",
        "model_file, Replace, model_file: none → onnx/model_O3.onnx",
        "pooling, Replace, pooling: none → lasttoken",
        "query_prompt, Replace, 'query_prompt: none → query: '",
        "document_prompt, Replace, 'document_prompt: none → passage: '",
        "max_input_tokens, Replace, max_input_tokens: 0 → 256"
    })
    void plansForEverySettingOfAModelWithItsReason(String changed, String step, String reason) {
        ServiceSettings wanted =
                SampleSettings.mixed(CURRENT, OTHER, Set.of(Setting.of(changed).orElseThrow()));

        List<Step> steps = plan(running(CURRENT), wanted.models());

        assertThat(steps).hasSize(1);
        assertThat(steps.get(0).getClass().getSimpleName()).isEqualTo(step);
        assertThat(steps.get(0).reasons()).containsExactly(reason);
    }

    @Test
    void concernsNoModelWithSettingsOfTheProcess() {
        ServiceSettings wanted =
                SampleSettings.mixed(CURRENT, OTHER, Set.of(Setting.HOST, Setting.PORT, Setting.CORS_ORIGINS));

        assertThat(plan(running(CURRENT), wanted.models())).isEmpty();
    }

    @Test
    void takesTheMostExtensiveStepOfAllChanges() {
        List<Setting<?>> settings = new ArrayList<>(Setting.all());
        settings.remove(Setting.REQUIRED_SPACE);
        for (int combination = 1; combination < 1 << settings.size(); combination++) {
            Set<Setting<?>> changed = new HashSet<>();
            for (int index = 0; index < settings.size(); index++) {
                if ((combination & 1 << index) != 0) {
                    changed.add(settings.get(index));
                }
            }

            List<Step> steps = plan(
                    running(CURRENT),
                    SampleSettings.mixed(CURRENT, OTHER, changed).models());

            long ofModels = changed.stream().filter(Setting::concernsModels).count();
            assertThat(steps).as("%s", changed).hasSize(ofModels == 0 ? 0 : 1);
            if (ofModels > 0) {
                boolean reload = changed.stream().anyMatch(setting -> setting.effect() == Effect.RELOAD);
                assertThat(steps.get(0)).as("%s", changed).isInstanceOf(reload ? Replace.class : Retune.class);
                assertThat(steps.get(0).reasons()).hasSize((int) ofModels);
            }
        }
    }

    @Test
    void replacesABrokenModelByItself() {
        Map<String, RunningModel> broken =
                Map.of(ID, new RunningModel(CURRENT.defaultModel(), PLAIN, NORMALIZED, Optional.of("Runs fail")));

        assertThat(plan(broken, CURRENT.models()))
                .containsExactly(new Replace(ID, CURRENT.defaultModel(), List.of("Runs fail")));
        assertThat(planWithoutReload(broken, OTHER.models())).hasSize(1).allSatisfy(step -> assertThat(
                        ((Replace) step).settings().get(Setting.MODEL_NAME))
                .isEqualTo("a/model"));
    }

    @Test
    void refusesToLeaveTheRequiredSpaceAndFollowsTheRest() {
        ServiceSettings current = requiring(NORMALIZED);
        ServiceSettings wanted =
                SampleSettings.mixed(current, OTHER, Set.of(Setting.NORMALIZE_EMBEDDINGS, Setting.MAX_BATCH_SIZE));

        List<Step> steps = plan(running(current), wanted.models());

        assertThat(steps)
                .containsExactly(
                        new Refuse(ID, SpaceMismatchException.message(NORMALIZED, PLAIN)),
                        new Retune(
                                ID,
                                SampleSettings.mixed(current, OTHER, Set.of(Setting.MAX_BATCH_SIZE))
                                        .defaultModel(),
                                List.of("max_batch_size: 32 → 64")));
    }

    @Test
    void refusesToRequireASpaceThatIsNotServed() {
        String another = "22222222222222222222222222222222";

        List<Step> steps = plan(running(CURRENT), requiring(another).models());

        assertThat(steps).containsExactly(new Refuse(ID, SpaceMismatchException.message(another, NORMALIZED)));
    }

    @Test
    void changesNormalisationTogetherWithTheSpaceThatIsRequired() {
        ServiceSettings current = requiring(NORMALIZED);
        ServiceSettings wanted =
                SampleSettings.mixed(current, OTHER, Set.of(Setting.NORMALIZE_EMBEDDINGS, Setting.REQUIRED_SPACE));

        assertThat(plan(running(current), wanted.models())).singleElement().isInstanceOf(Retune.class);
    }

    @Test
    void leavesTheCheckOfALoadedModelsSpaceToItsLoad() {
        ServiceSettings current = requiring(NORMALIZED);
        ServiceSettings wanted = SampleSettings.mixed(current, OTHER, Set.of(Setting.MODEL_NAME));

        assertThat(plan(running(current), wanted.models())).singleElement().isInstanceOf(Replace.class);
    }

    @Test
    void followsWhatNeedsNoReloadWhereAModelCannotBeLoaded() {
        ServiceSettings wanted =
                SampleSettings.mixed(CURRENT, OTHER, Set.of(Setting.MODEL_NAME, Setting.MAX_BATCH_SIZE));

        assertThat(planWithoutReload(running(CURRENT), wanted.models()))
                .containsExactly(new Retune(
                        ID,
                        SampleSettings.mixed(CURRENT, OTHER, Set.of(Setting.MAX_BATCH_SIZE))
                                .defaultModel(),
                        List.of("max_batch_size: 32 → 64")));
    }

    @Test
    void keepsNormalisationAndThenTheRequirementWhereTheyWouldLeaveTheSpaceThatIsRequired() {
        ServiceSettings current = requiring(NORMALIZED);
        Set<Setting<?>> changed = Set.of(Setting.MODEL_NAME, Setting.NORMALIZE_EMBEDDINGS, Setting.DIMENSIONS);
        ServiceSettings elsewhere = SampleSettings.mixed(
                current, requiring("22222222222222222222222222222222"), Set.of(Setting.REQUIRED_SPACE));

        List<Step> sameSpace = planWithoutReload(
                running(current), SampleSettings.mixed(current, OTHER, changed).models());
        List<Step> sameRequirement = planWithoutReload(
                running(current),
                SampleSettings.mixed(elsewhere, OTHER, changed).models());

        Retune onlyDimensions = new Retune(
                ID,
                SampleSettings.mixed(current, OTHER, Set.of(Setting.DIMENSIONS)).defaultModel(),
                List.of("dimensions: [] → [128, 256]"));
        assertThat(sameSpace).containsExactly(onlyDimensions);
        assertThat(sameRequirement).containsExactly(onlyDimensions);
    }

    @Test
    void plansNothingWithoutReloadWhileNothingRuns() {
        assertThat(planWithoutReload(Map.of(), CURRENT.models())).isEmpty();
    }

    @Test
    void leavesWhatIsStoredAndNotInForceOutOfAChangeThatNeedsNoReload() {
        ServiceSettings stored = SampleSettings.mixed(OTHER, CURRENT, Set.of(Setting.REQUIRED_SPACE));

        List<Step> steps = planChange(Map.of(ID, Set.of(Setting.MAX_BATCH_SIZE)), running(CURRENT), stored.models());

        assertThat(steps)
                .singleElement()
                .extracting(step -> ((Retune) step).settings())
                .isEqualTo(SampleSettings.mixed(
                                stored,
                                CURRENT,
                                Setting.all().stream()
                                        .filter(setting -> setting.effect() == Effect.RELOAD
                                                || setting.equals(Setting.NORMALIZE_EMBEDDINGS))
                                        .toList())
                        .defaultModel());
    }

    @Test
    void takesAllThatIsStoredIntoAChangeThatNeedsAReload() {
        assertThat(planChange(Map.of(ID, Set.of(Setting.DEVICE)), running(CURRENT), OTHER.models()))
                .singleElement()
                .extracting(step -> ((Replace) step).settings())
                .isEqualTo(OTHER.defaultModel());
    }

    @Test
    void loadsNothingForAChangeThatDoesNotConcernTheLoadThatFails() {
        assertThat(planChange(Map.of(ID, Set.of(Setting.MAX_BATCH_SIZE)), Map.of(), OTHER.models()))
                .isEmpty();
        assertThat(planChange(Map.of(ID, Set.of(Setting.MODEL_NAME)), Map.of(), OTHER.models()))
                .hasSize(1);
        assertThat(planChange(Map.of(ID, Set.of(Setting.REQUIRED_SPACE)), Map.of(), OTHER.models()))
                .hasSize(1);
        assertThat(planChange(Map.of("small", Set.of(Setting.MODEL_NAME)), Map.of(), OTHER.models()))
                .isEmpty();
    }

    private static List<Step> plan(Map<String, RunningModel> running, Map<String, ModelSettings> wanted) {
        return steps(ReloadPlanner.plan(running, wanted));
    }

    private static List<Step> planWithoutReload(Map<String, RunningModel> running, Map<String, ModelSettings> wanted) {
        return steps(ReloadPlanner.planWithoutReload(running, wanted));
    }

    private static List<Step> planChange(
            Map<String, Set<Setting<?>>> changed,
            Map<String, RunningModel> running,
            Map<String, ModelSettings> stored) {
        return steps(ReloadPlanner.planChange(changed, running, stored));
    }

    private static List<Step> steps(List<StepGroup> groups) {
        return groups.stream().flatMap(group -> group.steps().stream()).toList();
    }

    private static ServiceSettings requiring(String space) {
        return SampleSettings.of(Map.of("model_name", "a/model", "device", "cpu", "required_space", space));
    }

    private static Map<String, RunningModel> running(ServiceSettings settings) {
        return Map.of(ID, new RunningModel(settings.defaultModel(), PLAIN, NORMALIZED, Optional.empty()));
    }
}
