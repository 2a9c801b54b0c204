package dev.embedding.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.batch.admission.Priority;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RowQueueTest {

    private final RowQueue<Integer, String> queue = new RowQueue<>();

    @Test
    void startsEmpty() {
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.oldest(10)).isEmpty();
        assertThat(queue.tokens()).isZero();
    }

    @Test
    void keepsTheOrderOfArrival() {
        Row<Integer, String> first = row(3);
        Row<Integer, String> second = row(5);

        queue.add(first);
        queue.add(second);

        assertThat(queue.oldest(10)).containsExactly(first, second);
        assertThat(queue.tokens()).isEqualTo(8);
    }

    @Test
    void ignoresARowThatIsNotQueued() {
        Row<Integer, String> queued = row(3);
        Row<Integer, String> stranger = row(5);
        queue.add(queued);

        queue.remove(stranger);

        assertThat(queue.oldest(10)).containsExactly(queued);
        assertThat(queue.tokens()).isEqualTo(3);
    }

    @Test
    void behavesAsAListUnderAnyOperations() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            RowQueue<Integer, String> tested = new RowQueue<>();
            List<Row<Integer, String>> model = new ArrayList<>();
            List<Row<Integer, String>> removed = new ArrayList<>();
            for (int step = 0; step < 100; step++) {
                int dice = random.nextInt(10);
                if (dice < 5) {
                    Row<Integer, String> row = row(1 + random.nextInt(9));
                    tested.add(row);
                    model.add(row);
                } else if (dice < 9 && !model.isEmpty()) {
                    Row<Integer, String> row = model.remove(random.nextInt(model.size()));
                    tested.remove(row);
                    removed.add(row);
                } else if (!removed.isEmpty()) {
                    tested.remove(removed.get(random.nextInt(removed.size())));
                }
                int limit = random.nextInt(12);

                assertThat(tested.oldest(limit))
                        .as("seed %d, step %d", seed, step)
                        .containsExactlyElementsOf(model.subList(0, Math.min(limit, model.size())));
                assertThat(tested.size()).as("seed %d, step %d", seed, step).isEqualTo(model.size());
                assertThat(tested.isEmpty()).as("seed %d, step %d", seed, step).isEqualTo(model.isEmpty());
                assertThat(tested.tokens())
                        .as("seed %d, step %d", seed, step)
                        .isEqualTo(model.stream().mapToLong(Row::tokens).sum());
            }
        }
    }

    private static Row<Integer, String> row(int tokens) {
        return new Row<>(new BatchRow<>(0, tokens), Priority.INTERACTIVE);
    }
}
