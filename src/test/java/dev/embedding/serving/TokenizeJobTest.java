package dev.embedding.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.serving.model.Input;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.support.Utf8Text;
import dev.embedding.tokenize.TokenizedText;
import java.util.AbstractList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TokenizeJobTest {

    private final SmallModels models = new SmallModels();

    @AfterEach
    void close() throws InterruptedException {
        models.close();
    }

    @Test
    void endsWithAnErrorOfTheVirtualMachine() {
        OutOfMemoryError error = new OutOfMemoryError("of the test");
        LoadedModel model = models.load("bert-cls-normalize");
        CompletableFuture<List<TokenizedText>> answer = new CompletableFuture<>();
        TokenizeJob job = new TokenizeJob(
                model.tokenizer(),
                "",
                failingAt(1, error),
                models.host().workers().forBytes(0),
                CallContext.begin("test", Optional.empty()),
                answer::complete,
                answer::completeExceptionally);

        job.run();

        assertThat(answer)
                .failsWithin(30, TimeUnit.SECONDS)
                .withThrowableThat()
                .havingRootCause()
                .isSameAs(error);
    }

    /** Texts of which one throws on access; those before it fill a portion each. */
    private static List<Input> failingAt(int failing, Error error) {
        return new AbstractList<>() {
            @Override
            public Input get(int index) {
                if (index == failing) {
                    throw error;
                }
                return new Input.Text(Utf8Text.of("word ".repeat(2_000)));
            }

            @Override
            public int size() {
                return failing + 1;
            }
        };
    }
}
