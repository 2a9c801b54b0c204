package dev.embedding.serving;

import dev.embedding.model.Prompts;
import dev.embedding.support.Names;

/** Selection of one of the model's prompts, which is prepended to the texts. */
public sealed interface PromptChoice {

    /** The model's default prompt. */
    PromptChoice USUAL = new Usual();

    /** Text of the prompt among those of a model. */
    String of(Prompts prompts);

    /** Selects the model's default prompt. */
    record Usual() implements PromptChoice {
        @Override
        public String of(Prompts prompts) {
            return prompts.usual();
        }
    }

    /** Selects a prompt by name. */
    record Named(String name) implements PromptChoice {
        /** @throws RequestFailure when the model has none of that name */
        @Override
        public String of(Prompts prompts) {
            return prompts.named(name)
                    .orElseThrow(() -> RequestFailure.unfit(
                            FailureKind.UNKNOWN_PROMPT,
                            "prompt_name",
                            "The model has no prompt named " + Names.abbreviated(name) + "; it has "
                                    + String.join(", ", prompts.names()) + "."));
        }
    }

    /** Selects the prompt for queries or for documents. */
    enum InputType implements PromptChoice {
        QUERY {
            @Override
            public String of(Prompts prompts) {
                return prompts.forQueries();
            }
        },
        DOCUMENT {
            @Override
            public String of(Prompts prompts) {
                return prompts.forDocuments();
            }
        },
        /** The prompt named passage where there is one, else that for documents. */
        PASSAGE {
            @Override
            public String of(Prompts prompts) {
                return prompts.named("passage").orElseGet(prompts::forDocuments);
            }
        }
    }
}
