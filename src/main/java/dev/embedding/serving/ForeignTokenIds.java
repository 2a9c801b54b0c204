package dev.embedding.serving;

import dev.embedding.serving.model.Input;
import dev.embedding.serving.model.InputTokenizer;

/** Check for token ids that cannot be embedded as their sender means them. */
final class ForeignTokenIds {

    private static final String SEND_TEXT = " Send the text itself. LangChain's OpenAIEmbeddings sends ids of"
            + " cl100k_base by default: construct it with check_embedding_ctx_length=False.";

    private ForeignTokenIds() {}

    /**
     * @param index of the input in the request
     * @param prompt prepended to texts
     * @throws RequestFailure when the ids are no complete encoding by the model's own tokenizer, or a prompt is to be
     *     prepended to them
     */
    static void reject(InputTokenizer tokenizer, Input.TokenIds tokens, int index, String prompt) {
        if (!tokenizer.addsSpecialTokens()) {
            throw failure("The model's tokenizer puts no special tokens around a text, so its ids cannot be"
                    + " told from those of another tokenizer.");
        }
        if (!tokenizer.isEncoding(tokens.ids())) {
            throw failure("Token ids at index " + index
                    + " are not a whole encoding by the model's own tokenizer, special tokens included.");
        }
        if (!prompt.isEmpty()) {
            throw failure("A prompt belongs in front of the text, which cannot be put in front of token ids.");
        }
    }

    private static RequestFailure failure(String detail) {
        return RequestFailure.unfitInput(FailureKind.FOREIGN_TOKEN_IDS, detail + SEND_TEXT);
    }
}
