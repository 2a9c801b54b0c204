package dev.embedding.serving;

import dev.embedding.model.Prompts;

/** Prompt of the model that a request chooses for its texts. */
public sealed interface PromptChoice {

    /** What the model puts there where nothing is requested. */
    PromptChoice USUAL = new Usual();

    /** The prompt that this choice means for a model. */
    String of(Prompts prompts);

    /** See {@link #USUAL}. */
    record Usual() implements PromptChoice {
        @Override
        public String of(Prompts prompts) {
            return prompts.usual();
        }
    }

    /** The prompt of a name. */
    record Named(String name) implements PromptChoice {
        /** @throws EmbeddingFailure.UnknownPrompt when the model has none of that name */
        @Override
        public String of(Prompts prompts) {
            return prompts.named(name).orElseThrow(() -> new EmbeddingFailure.UnknownPrompt(name, prompts.names()));
        }
    }

    /** The prompt for what is searched for, or for what is searched. */
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
        /** What some call documents: the prompt of that name where there is one. */
        PASSAGE {
            @Override
            public String of(Prompts prompts) {
                return prompts.named("passage").orElseGet(prompts::forDocuments);
            }
        }
    }
}
