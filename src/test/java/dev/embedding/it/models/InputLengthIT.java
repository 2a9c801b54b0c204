package dev.embedding.it.models;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.fixture.Answer;
import dev.embedding.fixture.ServiceProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Serves a model whose own maximum length is 96 tokens at the length that the setting gives it. */
class InputLengthIT {

    private static final int OWN = 96;
    private static final int SET = 16;
    private static final String LONG_TEXT = "one two three ".repeat(20);

    private static ServiceProcess service;

    @BeforeAll
    static void start() {
        Path model = Path.of("src", "test", "resources", "reference", "weights", "qwen3-lasttoken");
        service = ServiceProcess.configure()
                .with("EMBEDDING_DEVICE", "cpu")
                .with("EMBEDDING_MODEL_NAME", model.toAbsolutePath().toString())
                .with("EMBEDDING_SETTINGS_FILE", "settings.json")
                .with("EMBEDDING_MAX_INPUT_TOKENS", Integer.toString(SET))
                .ready();
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @Test
    void truncatesTextsAtTheSettingAndFollowsItsChanges() {
        requireLength(SET, "max_input_tokens");
        String atSetting = fingerprint();

        assertThat(set(32).status()).isEqualTo(200);
        requireLength(32, "max_input_tokens");
        assertThat(fingerprint()).isNotEqualTo(atSetting);

        assertThat(set(2 * OWN).status()).isEqualTo(200);
        requireLength(OWN, "sentence_bert_config.json");
        String atOwn = fingerprint();

        assertThat(set(0).status()).isEqualTo(200);
        requireLength(OWN, "sentence_bert_config.json");
        assertThat(fingerprint()).isEqualTo(atOwn);

        assertThat(service.client().send("DELETE", "/settings/max_input_tokens").status())
                .isEqualTo(200);
        requireLength(SET, "max_input_tokens");
        assertThat(fingerprint()).isEqualTo(atSetting);
    }

    @Test
    void refusesALengthThatLeavesNoRoomForText() {
        Answer refused = set(7);

        assertThat(refused.requireFaults()).containsExactly("body.value value_error");
        assertThat(refused.text()).contains("0 or a whole number from 8 to 1000000");
    }

    private static void requireLength(int tokens, String from) {
        JsonNode info = info();
        assertThat(info.path("max_input_tokens").intValue()).isEqualTo(tokens);
        assertThat(info.path("max_input_tokens_from").textValue()).isEqualTo(from);

        Answer answer = service.client().postJson("/embed", Answer.jsonOf(Map.of("texts", List.of("one", LONG_TEXT))));
        int ofShort = service.client().embed("one").json().path("tokens").intValue();
        assertThat(answer.truncated()).containsExactly(1);
        assertThat(answer.json().path("tokens").intValue()).isEqualTo(ofShort + tokens);
    }

    private static Answer set(int tokens) {
        return service.client()
                .postJson("/settings", Answer.jsonOf(Map.of("key", "max_input_tokens", "value", tokens)));
    }

    private static String fingerprint() {
        return info().path("fingerprint").textValue();
    }

    private static JsonNode info() {
        return service.client().get("/model/info").json();
    }
}
