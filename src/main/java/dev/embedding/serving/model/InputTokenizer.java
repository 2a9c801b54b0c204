package dev.embedding.serving.model;

import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.model.Tokenization;
import dev.embedding.support.Utf8Text;
import dev.embedding.tokenize.TextTokenizer;
import dev.embedding.tokenize.TokenizedText;
import dev.embedding.tokenize.TokenizerOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** A model's tokenizer, for texts and for token ids. Thread-safe. */
public final class InputTokenizer implements AutoCloseable {

    private final ModelDescription description;
    private final TextTokenizer tokenizer;

    private InputTokenizer(ModelDescription description, TextTokenizer tokenizer) {
        this.description = description;
        this.tokenizer = tokenizer;
    }

    /** @throws ModelUnavailableException when the tokenizer's file cannot be read or used */
    static InputTokenizer open(ModelDescription description) {
        Tokenization tokenization = description.tokenization();
        String model = "Model " + description.name() + ": ";
        try {
            return new InputTokenizer(
                    description,
                    new TextTokenizer(
                            tokenization.file(),
                            new TokenizerOptions(
                                    tokenization.specialTokens(),
                                    tokenization.maxTokens(),
                                    tokenization.cutsStart(),
                                    tokenization.lowerCases(),
                                    tokenization.componentFields())));
        } catch (IOException failure) {
            throw new ModelUnavailableException(model + tokenization.file().getFileName() + " cannot be read", failure);
        } catch (IllegalArgumentException failure) {
            throw new ModelUnavailableException(model + failure.getMessage(), failure);
        }
    }

    /**
     * What the model sees of an input; of texts, what is learned makes later estimates better.
     *
     * @param checkpoint called now and then for a long text; may throw to end the work
     */
    public TokenizedText tokenize(String prompt, EmbeddingInput input, Runnable checkpoint) {
        if (input instanceof EmbeddingInput.TokenIds tokens) {
            return tokenizer.cut(tokens.ids());
        }
        Utf8Text text = ((EmbeddingInput.Text) input).text();
        TokenizedText tokenized = tokenizer.tokenize(text.behind(prompt), checkpoint);
        if (!tokenized.truncated()) {
            tokenizer.estimator().learn(prompt, text, tokenized.ids().length);
        }
        return tokenized;
    }

    /** What the model sees of a text. */
    int[] tokenIds(String text) {
        return tokenizer.tokenize(text).ids();
    }

    /** All ids that a text may get, also of special and added tokens. */
    public BitSet ids() {
        return tokenizer.ids();
    }

    /** The ids of the tokens that texts are made of, which special and added ones need not be among. */
    public BitSet vocabularyIds() {
        return tokenizer.vocabularyIds();
    }

    /** Tokens that these inputs will have about, without tokenizing them. */
    public long estimate(String prompt, List<EmbeddingInput> inputs) {
        List<Utf8Text> texts = new ArrayList<>(inputs.size());
        long given = 0;
        for (EmbeddingInput input : inputs) {
            if (input instanceof EmbeddingInput.Text text) {
                texts.add(text.text());
            } else {
                given += tokenizer.estimator().atMost(input.length());
            }
        }
        return given + tokenizer.estimator().estimate(prompt, texts);
    }

    /** Whether the tokenizer puts special tokens around a text, by which whole encodings are known. */
    public boolean marksTexts() {
        return tokenizer.marksTexts();
    }

    /** Whether ids are a whole encoding of some text, special tokens included. */
    public boolean isEncoding(int[] ids) {
        return tokenizer.isEncoding(ids);
    }

    /** How many tokens of a text behind this prompt do not count in the pooling. */
    public int leftOut(String prompt) {
        return prompt.isEmpty() || description.poolsPrompt() ? 0 : tokenizer.promptTokens(prompt);
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
