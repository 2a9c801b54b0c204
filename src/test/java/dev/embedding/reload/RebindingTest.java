package dev.embedding.reload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.settings.ModelSettings;
import dev.embedding.settings.SampleSettings;
import dev.embedding.settings.Setting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Plans for several models. */
class RebindingTest {

    private static final ModelSettings BLUE = model("blue", "");
    private static final ModelSettings GREEN = model("green", "");
    private static final ModelSettings RED = model("red", "");

    @Test
    void aLoadedModelTakesTheIdOfAnother() {
        assertThat(plan(Map.of("default", BLUE, "green", GREEN), Map.of("default", GREEN)))
                .containsExactly(StepGroup.of(new Step.Rebind("default", "green", GREEN)));
    }

    @Test
    void twoModelsChangePlacesTogether() {
        assertThat(plan(Map.of("default", BLUE, "green", GREEN), Map.of("default", GREEN, "green", BLUE)))
                .containsExactly(new StepGroup(List.of(
                        new Step.Rebind("default", "green", GREEN), new Step.Rebind("green", "default", BLUE))));
    }

    @Test
    void theOldOneIsServedUnderAThirdId() {
        assertThat(plan(Map.of("default", BLUE, "green", GREEN), Map.of("default", GREEN, "old", BLUE)))
                .containsExactly(new StepGroup(
                        List.of(new Step.Rebind("default", "green", GREEN), new Step.Rebind("old", "default", BLUE))));
    }

    @Test
    void anIdIsNotVacatedBeforeItsNextModelIsLoaded() {
        assertThat(plan(Map.of("default", BLUE), Map.of("default", RED, "old", BLUE)))
                .singleElement()
                .satisfies(group -> assertThat(group.steps())
                        .containsExactly(
                                new Step.Add("default", RED, List.of("its model becomes another one")),
                                new Step.Rebind("old", "default", BLUE)));
    }

    @Test
    void aModelThatIsStillWantedIsNotTaken() {
        assertThat(plan(Map.of("default", BLUE, "green", GREEN), Map.of("default", GREEN, "green", GREEN)))
                .singleElement()
                .satisfies(group -> assertThat(group.steps()).singleElement().isInstanceOf(Step.Replace.class));
    }

    @Test
    void theOtherSettingsOfTheIdApplyToTheModel() {
        ModelSettings wanted = GREEN.withValue(Setting.MAX_BATCH_SIZE, 7);

        assertThat(plan(Map.of("default", BLUE, "green", GREEN), Map.of("default", wanted)))
                .containsExactly(StepGroup.of(new Step.Rebind("default", "green", wanted)));
    }

    @Test
    void aModelOfAnotherSpaceThanTheRequiredOneStaysWhereItIs() {
        ModelSettings wanted = model("green", space(BLUE));

        assertThat(plan(Map.of("default", BLUE, "green", GREEN), Map.of("default", wanted)))
                .hasSize(2)
                .anySatisfy(group -> assertThat(group.steps()).singleElement().isInstanceOf(Step.Refuse.class))
                .noneSatisfy(group -> assertThat(group.steps()).singleElement().isInstanceOf(Step.Remove.class));
    }

    @Test
    void whatNeedsNoLoadComesFirstThenTheDefaultModel() {
        Map<String, ModelSettings> wanted = new HashMap<>();
        wanted.put("default", RED);
        wanted.put("a", GREEN);
        wanted.put("z", BLUE.withValue(Setting.MAX_BATCH_SIZE, 7));

        List<StepGroup> plan = plan(
                Map.of("default", BLUE, "y", GREEN.withValue(Setting.POOLING, Optional.of("cls")), "z", BLUE), wanted);

        assertThat(plan)
                .extracting(group -> group.steps().get(0).getClass().getSimpleName() + " "
                        + group.steps().get(0).id())
                .containsExactly("Retune z", "Remove y", "Replace default", "Add a");
    }

    /** Whatever runs and is wanted: the plan leads there, loads no more than needed, and vacates no wanted id. */
    @Test
    void everyPlanLeadsToWhatIsWanted() {
        for (int seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            Map<String, ModelSettings> running = randomModels(random);
            Map<String, ModelSettings> wanted = randomModels(random);
            wanted.putIfAbsent("default", BLUE);
            List<String> loaded = new ArrayList<>();

            Map<String, ModelSettings> state = new TreeMap<>(running);
            for (StepGroup group : plan(running, wanted)) {
                Set<String> before = new HashSet<>(state.keySet());
                apply(group, state, loaded);
                before.removeAll(state.keySet());
                assertThat(wanted).as("seed %d: vacated", seed).doesNotContainKeys(before.toArray(String[]::new));
            }

            assertThat(state).as("seed %d", seed).isEqualTo(wanted);
            assertThat(loaded).as("seed %d: loads", seed).hasSize(leastLoads(running, wanted));
            assertThat(plan(state, wanted)).as("seed %d: again", seed).isEmpty();
        }
    }

    private static Map<String, ModelSettings> randomModels(Random random) {
        Map<String, ModelSettings> models = new TreeMap<>();
        for (String id : List.of("default", "a", "b", "c")) {
            if (random.nextInt(3) > 0) {
                ModelSettings model = List.of(BLUE, GREEN, RED).get(random.nextInt(3));
                models.put(id, model.withValue(Setting.MAX_BATCH_SIZE, 1 + random.nextInt(2)));
            }
        }
        return models;
    }

    private static void apply(StepGroup group, Map<String, ModelSettings> state, List<String> loaded) {
        Map<String, ModelSettings> before = new TreeMap<>(state);
        group.vacated().forEach(state::remove);
        for (Step step : group.steps()) {
            if (step instanceof Step.Add add) {
                state.put(add.id(), add.settings());
                loaded.add(add.id());
            } else if (step instanceof Step.Replace replace) {
                state.put(replace.id(), replace.settings());
                loaded.add(replace.id());
            } else if (step instanceof Step.Rebind rebind) {
                assertThat(name(rebind.settings())).isEqualTo(name(before.get(rebind.from())));
                state.put(rebind.id(), rebind.settings());
            } else if (step instanceof Step.Retune retune) {
                assertThat(name(retune.settings())).isEqualTo(name(before.get(retune.id())));
                state.put(retune.id(), retune.settings());
            } else {
                state.remove(step.id());
            }
        }
    }

    private static String name(@Nullable ModelSettings settings) {
        return settings == null ? "none" : settings.get(Setting.MODEL_NAME);
    }

    /** Of each model as many as are wanted beyond those that run. */
    private static int leastLoads(Map<String, ModelSettings> running, Map<String, ModelSettings> wanted) {
        int loads = 0;
        for (ModelSettings model : List.of(BLUE, GREEN, RED)) {
            long wantedCopies = copies(model, wanted);
            loads += (int) Math.max(0, wantedCopies - copies(model, running));
        }
        return loads;
    }

    private static long copies(ModelSettings model, Map<String, ModelSettings> models) {
        return models.values().stream()
                .filter(settings -> name(settings).equals(name(model)))
                .count();
    }

    private static List<StepGroup> plan(Map<String, ModelSettings> running, Map<String, ModelSettings> wanted) {
        Map<String, RunningModel> models = new HashMap<>();
        running.forEach((id, settings) ->
                models.put(id, new RunningModel(settings, "0".repeat(32), space(settings), Optional.empty())));
        return ReloadPlanner.plan(models, wanted);
    }

    /** A fingerprint for each model. */
    private static String space(ModelSettings settings) {
        return String.format("%032x", settings.get(Setting.MODEL_NAME).hashCode());
    }

    private static ModelSettings model(String name, String space) {
        return SampleSettings.of(Map.of("model_name", name, "device", "cpu", "required_space", space))
                .defaultModel();
    }
}
