package dev.embedding.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.batch.BatchCost.Shape;
import dev.embedding.batch.BatchFunction.BatchRun;
import dev.embedding.batch.admission.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Random scenario of a batcher, reproducible from its seed: callers submit, cancel and time out, lanes cut and compute
 * overlapping batches (a batch may be cut while another is being computed), batches fail, and some batchers are handed
 * over in the middle. A simple model holds the expected state and is compared after each step.
 */
final class BatcherScenario {

    private static final int LANES = 3;
    private static final int STEPS = 60;

    /** Outcome of a row when it is computed. */
    private enum Fate {
        FINE,
        /** Its outcome is a failure. */
        FAILS,
        /** A batch with it throws. */
        THROWS,
        /** A batch with it throws an error. */
        ERRS,
        /** A batch with it has too few outcomes. */
        LOSES_AN_OUTCOME
    }

    /** Row in flight, for one caller or more. */
    private static final class Text {
        final int id;
        final int tokens;
        final Fate fate;
        final boolean shareable;
        final List<Caller> callers = new ArrayList<>();
        Priority priority;

        Text(int id, int tokens, Fate fate, boolean shareable, Priority priority) {
            this.id = id;
            this.tokens = tokens;
            this.fate = fate;
            this.shareable = shareable;
            this.priority = priority;
        }

        String value() {
            return "value " + id;
        }

        int tokens() {
            return tokens;
        }

        boolean isWanted() {
            return callers.stream().anyMatch(caller -> !caller.isOver());
        }
    }

    /** Submission in the model. */
    private static final class Caller {
        final List<Text> texts = new ArrayList<>();
        final Priority priority;
        final long deadline;
        Answer<String> answer = new Answer<>();
        boolean cancelled;

        Caller(Priority priority, long deadline) {
            this.priority = priority;
            this.deadline = deadline;
        }

        boolean isOver() {
            return cancelled || !answer.isOpen();
        }
    }

    private record Admitted(Priority priority, MicroBatcher<Text, String>.Admission admission) {}

    private final long seed;
    private final Random random;
    private final HandClock clock = new HandClock();
    private final Lanes lanes = new Lanes(LANES, clock);
    private final BatchLimits limits;
    private final MicroBatcher<Text, String> batcher;

    private final RememberedRows remembered = new RememberedRows(lanes);
    private final List<Text> known = new ArrayList<>();
    private final List<Caller> callers = new ArrayList<>();
    private final List<Admitted> admissions = new ArrayList<>();
    private final Set<Text> computing = new LinkedHashSet<>();
    private final Set<Text> waiting = Collections.newSetFromMap(new LinkedHashMap<>());
    private final Map<Text, Integer> timesComputed = new HashMap<>();
    private final Map<Text, Integer> batchesAllowed = new HashMap<>();
    private final Set<Text> retried = new LinkedHashSet<>();
    private final Set<Caller> begun = new LinkedHashSet<>();
    private long interactiveTokens;
    private long batchTokens;
    private boolean moved;
    private @Nullable AssertionError violation;
    private int nextId;
    private int depth;

    BatcherScenario(long seed) {
        this.seed = seed;
        this.random = new Random(seed);
        this.limits = new BatchLimits(
                1 + random.nextInt(8),
                1 + random.nextInt(60),
                random.nextDouble() * 0.5,
                Duration.ofSeconds(1_000),
                new BatchCost(random.nextInt(10), random.nextBoolean(), 1 + random.nextInt(1_000)),
                1 + random.nextInt(12),
                Integer.MAX_VALUE,
                1_000_000,
                Limits.PATIENT);
        this.batcher = new MicroBatcher<>(
                lanes, this::compute, limits, 1e9, (rows, tokens, padded, nanos) -> {}, remembered, clock);
    }

    void play() {
        for (int step = 0; step < STEPS; step++) {
            act();
            throwViolation();
            compareQueue();
        }
        admissions.forEach(admitted -> admitted.admission().release());
        admissions.clear();
        while (lanes.runOne(0)) {
            throwViolation();
            compareQueue();
        }
        judge();
    }

    private void act() {
        if (random.nextInt(100) == 0) {
            handOver();
        }
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> submit();
            case 3 -> cancel();
            case 4 -> clock.advance(Duration.ofMillis(random.nextInt(300)));
            case 5 -> admit();
            default -> {
                if (depth < LANES) {
                    lanes.runOne(depth);
                } else if (depth == LANES) {
                    lanes.runOne(lanes.express());
                }
            }
        }
    }

    private void admit() {
        try {
            Priority priority = random.nextInt(3) == 0 ? Priority.BATCH : Priority.INTERACTIVE;
            admissions.add(new Admitted(priority, batcher.admit(priority, random.nextInt(50))));
            assertThat(moved).as("admitted after handing over, seed %d", seed).isFalse();
        } catch (MovedException elsewhere) {
            assertThat(moved).as("handed over, seed %d", seed).isTrue();
        }
    }

    private void handOver() {
        List<Caller> open = callers.stream().filter(caller -> !caller.isOver()).toList();
        batcher.handOver();
        moved = true;
        for (Caller caller : open) {
            assertThat(caller.answer.isOpen())
                    .as("only started submissions stay, seed %d", seed)
                    .isEqualTo(begun.contains(caller));
        }
    }

    private void submit() {
        if (admissions.isEmpty()) {
            admit();
        }
        if (!admissions.isEmpty()) {
            submit(admissions.remove(0));
        }
    }

    private void submit(Admitted admitted) {
        Caller caller = new Caller(
                admitted.priority(),
                clock.in(Duration.ofMillis(random.nextInt(4) == 0 ? random.nextInt(400) : 1_000_000)));
        List<BatchRow<Text>> rows = new ArrayList<>();
        for (int count = 1 + random.nextInt(5); count > 0; count--) {
            Text text = !moved && random.nextInt(3) == 0 ? textOnItsWay() : null;
            if (text == null && !moved && random.nextInt(6) == 0) {
                text = textThatIsRemembered();
            }
            if (text == null) {
                text = new Text(nextId++, 1 + random.nextInt(20), fate(), random.nextBoolean(), caller.priority);
                queues(text);
            } else if (waiting.contains(text)
                    && text.priority == Priority.BATCH
                    && caller.priority == Priority.INTERACTIVE) {
                waiting.remove(text);
                text.priority = Priority.INTERACTIVE;
                queues(text);
            }
            if (computing.contains(text)) {
                begun.add(caller);
            }
            if (!remembered.values.containsKey(text.id)) {
                text.callers.add(caller);
            }
            caller.texts.add(text);
            rows.add(new BatchRow<>(text, text.tokens(), text.shareable ? text.id : null));
        }
        callers.add(caller);
        caller.answer = Answer.to(admitted.admission().submit(rows, caller.deadline));
    }

    /** At the end of its class: one row of it is in each of the batches, and there are as many as rows before it. */
    private void queues(Text text) {
        long before = waiting.stream()
                .filter(other -> other.priority == text.priority)
                .count();
        batchesAllowed.put(text, (int) before + 1);
        waiting.add(text);
    }

    private @Nullable Text textOnItsWay() {
        List<Text> candidates = Stream.concat(waiting.stream(), computing.stream())
                .filter(text -> text.shareable && text.isWanted())
                .toList();
        return candidates.isEmpty() ? null : candidates.get(random.nextInt(candidates.size()));
    }

    private @Nullable Text textThatIsRemembered() {
        List<Text> candidates = known.stream()
                .filter(text -> remembered.values.containsKey(text.id))
                .toList();
        return candidates.isEmpty() ? null : candidates.get(random.nextInt(candidates.size()));
    }

    private Fate fate() {
        int dice = random.nextInt(60);
        return dice < Fate.values().length ? Fate.values()[dice] : Fate.FINE;
    }

    private void cancel() {
        List<Caller> open = callers.stream().filter(caller -> !caller.isOver()).toList();
        if (!open.isEmpty()) {
            Caller leaving = open.get(random.nextInt(open.size()));
            leaving.cancelled = true;
            leaving.answer.cancel();
        }
    }

    private List<RowOutcome<String>> compute(List<Text> texts, BatchRun run) {
        depth++;
        texts.stream()
                .flatMap(text -> text.callers.stream())
                .filter(caller -> !caller.isOver())
                .forEach(begun::add);
        computing.addAll(texts);
        try {
            checkBatch(texts, run);
            while (random.nextInt(3) == 0) {
                act();
            }
            return outcomes(texts);
        } finally {
            texts.forEach(computing::remove);
            depth--;
        }
    }

    private void checkBatch(List<Text> texts, BatchRun run) {
        try {
            if (texts.stream().anyMatch(waiting::contains)) {
                checkCut(texts, run);
            } else {
                assertThat(texts).as("a retry is of one row, seed %d", seed).hasSize(1);
                assertThat(retried.add(texts.get(0)))
                        .as("retried once, seed %d", seed)
                        .isTrue();
            }
            for (Text text : texts) {
                assertThat(text.isWanted())
                        .as("row without waiting callers, seed %d", seed)
                        .isTrue();
            }
        } catch (AssertionError failed) {
            violation = failed; // the batcher treats it as a failure of the batch
            throw failed;
        }
    }

    private void throwViolation() {
        if (violation != null) {
            throw violation;
        }
    }

    private void checkCut(List<Text> texts, BatchRun run) {
        forgetThoseWhoAreGone();
        int longest = texts.stream().mapToInt(Text::tokens).max().orElseThrow();
        Shape shape = Shape.of(longest);
        for (Text text : texts.subList(1, texts.size())) {
            shape = shape.with(text.tokens());
        }
        assertThat(waiting).as("all rows were waiting, seed %d", seed).containsAll(texts);
        assertThat(texts.get(0).tokens()).as("longest first, seed %d", seed).isEqualTo(longest);
        assertThat(texts.size()).as("rows, seed %d", seed).isLessThanOrEqualTo(limits.maxRows());
        if (texts.size() > 1) {
            assertThat(limits.cost().computedTokens(shape))
                    .as("budget, seed %d", seed)
                    .isLessThanOrEqualTo(limits.tokenBudget());
            assertThat(limits.cost().padding(shape))
                    .as("padding, seed %d", seed)
                    .isLessThanOrEqualTo(limits.maxPadding());
        }
        for (Text text : texts) {
            assertThat(text.callers)
                    .as("deadline, seed %d", seed)
                    .allMatch(caller -> caller.isOver() || caller.deadline > clock.getAsLong());
        }
        texts.forEach(waiting::remove);
        Priority priority = texts.get(0).priority;
        assertThat(texts).as("of one class, seed %d", seed).allMatch(text -> text.priority == priority);
        checkShares(priority, texts, run);
        assertThat(run.alone())
                .as("alone, seed %d", seed)
                .isEqualTo(run.lane() < LANES && depth == 1 && waiting.isEmpty());
        for (Text text : waiting) {
            if (text.priority != priority) {
                continue;
            }
            assertThat(batchesAllowed.merge(text, -1, Integer::sum))
                    .as("batches that row %d may still wait for, seed %d", text.id, seed)
                    .isPositive();
        }
    }

    /** Interactive rows first, and a fifth of the tokens for the others; the express lane has interactive rows only. */
    private void checkShares(Priority priority, List<Text> texts, BatchRun run) {
        if (run.lane() == lanes.express()) {
            assertThat(priority).as("on the express lane, seed %d", seed).isEqualTo(Priority.INTERACTIVE);
        }
        boolean othersWait = waiting.stream().anyMatch(text -> text.priority != priority);
        if (!othersWait) {
            return;
        }
        long tokens = texts.stream().mapToLong(Text::tokens).sum();
        if (run.lane() != lanes.express()) {
            assertThat(priority == Priority.BATCH)
                    .as("the turn of batch rows, seed %d", seed)
                    .isEqualTo(interactiveTokens > 4 * batchTokens);
        }
        if (priority == Priority.INTERACTIVE) {
            interactiveTokens += tokens;
        } else {
            batchTokens += tokens;
        }
    }

    private List<RowOutcome<String>> outcomes(List<Text> texts) {
        List<RowOutcome<String>> outcomes = new ArrayList<>();
        for (Text text : texts) {
            switch (text.fate) {
                case THROWS -> throw new IllegalStateException("row " + text.id);
                case ERRS -> throw new LinkageError("row " + text.id);
                case FAILS -> outcomes.add(new RowOutcome.Failed<>(new IllegalStateException("row " + text.id)));
                case FINE -> outcomes.add(new RowOutcome.Computed<>(text.value()));
                case LOSES_AN_OUTCOME -> {}
            }
        }
        if (outcomes.size() == texts.size()) {
            texts.forEach(text -> timesComputed.merge(text, 1, Integer::sum));
            texts.stream().filter(text -> text.shareable).forEach(known::add);
        }
        return outcomes;
    }

    /** A row leaves the queue when its last caller is done, for whatever reason. */
    private void forgetThoseWhoAreGone() {
        waiting.removeIf(text -> !text.isWanted());
    }

    private void compareQueue() {
        forgetThoseWhoAreGone();
        assertThat(batcher.load().rows()).as("waiting rows, seed %d", seed).isEqualTo(waiting.size());
        assertThat(batcher.load().tokens())
                .as("waiting tokens, seed %d", seed)
                .isEqualTo(waiting.stream().mapToLong(Text::tokens).sum());
    }

    private void judge() {
        for (Caller caller : callers) {
            if (caller.cancelled) {
                assertThat(caller.answer.events())
                        .as("events after cancelling, seed %d", seed)
                        .isZero();
            } else {
                assertThat(caller.answer.events())
                        .as("events of a caller, seed %d", seed)
                        .isOne();
                judgeAnswer(caller);
            }
        }
        assertThat(timesComputed.values())
                .as("rows are computed once, seed %d", seed)
                .allMatch(times -> times == 1);
        assertThat(batcher.load().rows()).as("rows left, seed %d", seed).isZero();
        assertThat(batcher.load().tokens()).as("tokens left, seed %d", seed).isZero();
        admissions.forEach(admitted -> admitted.admission().release());
        if (!moved) {
            // Only an empty queue without reservations takes this much.
            for (Priority priority : Priority.values()) {
                batcher.admit(priority, 2 * limits.maxQueuedTokens()).release();
            }
        }
    }

    private void judgeAnswer(Caller caller) {
        Throwable failure = caller.answer.failure();
        boolean guilty = caller.texts.stream().anyMatch(text -> text.fate != Fate.FINE);
        if (failure == null) {
            assertThat(guilty).as("a failing row has a value, seed %d", seed).isFalse();
            assertThat(caller.answer.values())
                    .as("values in the order of the rows, seed %d", seed)
                    .containsExactlyElementsOf(
                            caller.texts.stream().map(Text::value).toList());
        } else if (failure instanceof MovedException) {
            assertThat(moved && !begun.contains(caller))
                    .as("moved although it had started, seed %d", seed)
                    .isTrue();
        } else if (failure instanceof DeadlineExceededException) {
            assertThat(caller.deadline)
                    .as("failed before its deadline, seed %d", seed)
                    .isLessThanOrEqualTo(clock.getAsLong());
        } else {
            assertThat(guilty)
                    .as("a caller without failing rows failed with %s, seed %d", failure, seed)
                    .isTrue();
        }
    }
}
