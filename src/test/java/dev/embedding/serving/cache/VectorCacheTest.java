package dev.embedding.serving.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.serving.model.Input;
import dev.embedding.serving.model.Output;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VectorCacheTest {

    private static final String SPACE = "85a1";

    private final VectorCache cache = VectorCache.ofBytes(100_000);

    @Test
    void findsCachedVectors() {
        Output first = text(1);
        Output second = text(2);
        keep(lookup("a", "b"), first, second);

        CacheLookup again = lookup("b", "c", "a");

        assertThat(again.isComplete()).isFalse();
        assertThat(again.missing()).isEqualTo(inputs("c"));
        assertThat(again.indexOf(0)).isOne();
        assertThat(again.counts(0)).isEqualTo(new CacheCounts(2, 0, 1, 0));
        Output third = text(3);
        assertThat(again.with(List.of(third))).containsExactly(second, third, first);
    }

    @Test
    void missesOtherSpacesPromptsAndTexts() {
        keep(cache.lookup(SPACE, "query: ", inputs("a"), Optional.of(""), VectorCacheTest::goOn), text(1));

        assertThat(cache.lookup("other", "query: ", inputs("a"), Optional.of(""), VectorCacheTest::goOn)
                        .isComplete())
                .isFalse();
        assertThat(cache.lookup(SPACE, "", inputs("a"), Optional.of(""), VectorCacheTest::goOn)
                        .isComplete())
                .isFalse();
        assertThat(cache.lookup(SPACE, "query:", inputs(" a"), Optional.of(""), VectorCacheTest::goOn)
                        .isComplete())
                .isFalse();
        assertThat(cache.lookup(SPACE, "query: ", inputs("A"), Optional.of(""), VectorCacheTest::goOn)
                        .isComplete())
                .isFalse();
        assertThat(cache.lookup(SPACE, "query: ", inputs("a "), Optional.of(""), VectorCacheTest::goOn)
                        .isComplete())
                .isFalse();
        assertThat(cache.lookup(SPACE, "query: ", inputs("a"), Optional.of(""), VectorCacheTest::goOn)
                        .isComplete())
                .isTrue();
    }

    @Test
    void distinguishesTokenIdsFromTextsAndOtherTokenIds() {
        keep(cache.lookup(SPACE, "", tokens(1, 2), Optional.of(""), VectorCacheTest::goOn), text(1));

        assertThat(cache.lookup(SPACE, "", tokens(1, 2), Optional.of(""), VectorCacheTest::goOn)
                        .isComplete())
                .isTrue();
        assertThat(cache.lookup(SPACE, "", tokens(1, 2, 0), Optional.of(""), VectorCacheTest::goOn)
                        .isComplete())
                .isFalse();
        assertThat(cache.lookup(SPACE, "", tokens(new int[5_000]), Optional.of(""), VectorCacheTest::goOn)
                        .keyOf(0))
                .isNotEqualTo(cache.lookup(SPACE, "", tokens(new int[5_001]), Optional.of(""), VectorCacheTest::goOn)
                        .keyOf(0));
        assertThat(cache.lookup(SPACE, "", tokens(2, 1), Optional.of(""), VectorCacheTest::goOn)
                        .isComplete())
                .isFalse();
        assertThat(lookup("\u0000\u0001\u0000\u0002").isComplete()).isFalse();
    }

    @Test
    void separatesScopes() {
        Optional<String> mine = Optional.of("mine");
        keep(cache.lookup(SPACE, "", inputs("a"), mine, VectorCacheTest::goOn), text(1));

        assertThat(cache.lookup(SPACE, "", inputs("a"), mine, VectorCacheTest::goOn)
                        .isComplete())
                .isTrue();
        for (Optional<String> other : List.of(Optional.of(""), Optional.of("yours"))) {
            assertThat(cache.lookup(SPACE, "", inputs("a"), other, VectorCacheTest::goOn)
                            .isComplete())
                    .isFalse();
        }
    }

    private static List<Input> tokens(int... ids) {
        return List.of(new Input.TokenIds(ids));
    }

    @Test
    void distinguishesTextsByCodeUnitsIncludingLoneSurrogates() {
        keep(lookup("\ud83d", "\ufffd", "?", "\u00e9"), text(1), text(2), text(3), text(4));

        assertThat(lookup("\ude00", "\ud83d\ude00", "e\u0301").missing()).hasSize(3);
        assertThat(lookup("\ud83d").isComplete()).isTrue();
    }

    @Test
    void hasEqualKeysForEqualTextsOnly() {
        CacheLookup lookup = lookup("a", "b", "a");

        assertThat(lookup.keyOf(0)).isNotNull().isEqualTo(lookup.keyOf(2)).isNotEqualTo(lookup.keyOf(1));
        assertThat(lookup("a").keyOf(0)).isEqualTo(lookup.keyOf(0));
    }

    @Test
    void neitherReadsNorWritesForABypassingRequest() {
        keep(lookup("a"), text(1));
        CacheLookup bypass = cache.lookup(SPACE, "", inputs("a", "b"), Optional.empty(), VectorCacheTest::goOn);

        assertThat(bypass.missing()).isEqualTo(inputs("a", "b"));
        assertThat(bypass.keyOf(0)).isNull();
        assertThat(bypass.counts(0)).isEqualTo(new CacheCounts(0, 0, 0, 2));
    }

    @Test
    void storesNothingWhenItIsOff() {
        VectorCache off = VectorCache.ofBytes(0);
        off.put(Objects.requireNonNull(lookup("a").keyOf(0)), text(1));

        CacheLookup again = off.lookup(SPACE, "", inputs("a"), Optional.of(""), VectorCacheTest::goOn);

        assertThat(again.missing()).isEqualTo(inputs("a"));
        assertThat(again.keyOf(0)).isNull();
        assertThat(again.counts(0)).isEqualTo(new CacheCounts(0, 0, 0, 0));
        assertThat(off.bytes() + off.size()).isZero();
    }

    @Test
    void isBoundedInBytes() {
        for (int number = 0; number < 1_000; number++) {
            keep(lookup("text " + number), new Output.Dense(new float[384], number, false));
        }

        assertThat(cache.bytes()).isBetween(90_000L, 100_000L);
        assertThat(cache.size()).isBetween(50L, 56L);
    }

    private void keep(CacheLookup lookup, Output... computed) {
        for (int index = 0; index < computed.length; index++) {
            cache.put(Objects.requireNonNull(lookup.keyOf(index)), computed[index]);
        }
    }

    private static List<Input> inputs(String... texts) {
        return Input.ofTexts(List.of(texts));
    }

    private CacheLookup lookup(String... texts) {
        return cache.lookup(SPACE, "", inputs(texts), Optional.of(""), VectorCacheTest::goOn);
    }

    private static Output text(int tokens) {
        return new Output.Dense(new float[] {tokens}, tokens, false);
    }

    private static void goOn() {
        // No caller cancels.
    }
}
