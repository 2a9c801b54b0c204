package dev.embedding.batch;

import org.junit.jupiter.api.Test;

class MicroBatcherScenariosTest {

    @Test
    void completesEveryRowOnceWithItsOwnValueInRandomScenarios() {
        for (long seed = 0; seed < 1_000; seed++) {
            new BatcherScenario(seed).play();
        }
    }
}
