package dev.embedding.model.layout;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunMemoryTest {

    private static final RunMemory BERT = new RunMemory(768, 3072, 12, 64, false);
    private static final RunMemory EXPORTED_BERT = new RunMemory(768, 3072, 12, 64, true);

    @ParameterizedTest
    @CsvSource({
        "768, 3072, 12, 64, false, 8192, 262000000",
        "768, 1152, 12, 64, false, 8192, 243000000",
        "1024, 3072, 16, 128, false, 2048, 214000000",
        "768, 3072, 12, 64, true, 4182, 3100000000"
    })
    void isBetweenOnceAndTwiceWhatWasMeasured(
            int hidden, int inner, int heads, int headWidth, boolean exported, int tokens, long measured) {
        assertThat(new RunMemory(hidden, inner, heads, headWidth, exported).bytes(tokens))
                .isBetween(measured, 2 * measured);
    }

    @Test
    void growsByTheTokenInABuiltGraphAndByThePairInAnExportedOne() {
        long overhead = BERT.bytes(0);

        assertThat(BERT.bytes(2_000) - overhead).isEqualTo(2 * (BERT.bytes(1_000) - overhead));
        assertThat(EXPORTED_BERT.bytes(1_000) - BERT.bytes(1_000)).isEqualTo(16L * 12 * 1_000 * 1_000);
    }

    @Test
    void isTheMostForLengthsWhoseMemoryNoNumberHolds() {
        assertThat(new RunMemory(1 << 20, 1 << 20, 1 << 20, 1 << 10, true).bytes(Integer.MAX_VALUE))
                .isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 513, 1_000, 4_096, 8_191})
    void findsTheLongestTextThatFitsInStepsOf64(int fitting) {
        long bytes = EXPORTED_BERT.bytes(fitting);

        assertThat(EXPORTED_BERT.maxTokens(bytes, 8_192)).isEqualTo(fitting / 64 * 64);
        assertThat(EXPORTED_BERT.maxTokens(bytes, 1_000_000_000)).isEqualTo(fitting / 64 * 64);
    }

    @Test
    void keepsALengthThatFitsAsItIs() {
        assertThat(BERT.maxTokens(BERT.bytes(1_001), 1_001)).isEqualTo(1_001);
        assertThat(BERT.maxTokens(Long.MAX_VALUE, 32_768)).isEqualTo(32_768);
    }

    @ParameterizedTest
    @CsvSource({"64, 64", "512, 512", "513, 512", "8192, 512"})
    void neverShortensToLessThanTheUsualLength(int own, int tokens) {
        assertThat(BERT.maxTokens(0, own)).isEqualTo(tokens);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'hidden_size': 96, 'intermediate_size': 200, 'num_attention_heads': 12} | 8",
                "{'dim': 96, 'hidden_dim': 200, 'n_heads': 12} | 8",
                "{'n_embd': 96, 'n_inner': 200, 'n_head': 12} | 8",
                "{'d_model': 96, 'd_ff': 200, 'num_heads': 12, 'd_kv': 16} | 16",
                "{'hidden_size': 96, 'intermediate_size': 200, 'num_attention_heads': 12, 'head_dim': 16} | 16",
                "{'hidden_size': 96, 'intermediate_size': 200, 'num_attention_heads': 12, 'head_dim': null} | 8"
            })
    void readsTheWidthsUnderEachOfTheirNames(String config, int headWidth) throws JsonProcessingException {
        assertThat(read(config)).contains(new RunMemory(96, 200, 12, headWidth, true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{'hidden_size': 96, 'intermediate_size': 200}",
                "{'hidden_size': 96, 'num_attention_heads': 12}",
                "{'intermediate_size': 200, 'num_attention_heads': 12}",
                "{'hidden_size': 96, 'intermediate_size': null, 'num_attention_heads': 12}",
                "{'hidden_size': -96, 'intermediate_size': 200, 'num_attention_heads': 12}"
            })
    void isUnknownWhereTheConfigurationLacksAWidth(String config) throws JsonProcessingException {
        assertThat(read(config)).isEmpty();
    }

    private static Optional<RunMemory> read(String config) throws JsonProcessingException {
        return RunMemory.of(new ObjectMapper().readTree(config.replace('\'', '"')), true);
    }
}
