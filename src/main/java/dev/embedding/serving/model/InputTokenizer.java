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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Tokenizer of a model, for texts and for token ids. Thread-safe. */
public final class InputTokenizer implements AutoCloseable {

    private final ModelDescription description;
    private final TextTokenizer tokenizer;
    /** Token counts of the model's prompts, as far as they were used. */
    private final Map<String, Integer> promptTokens = new ConcurrentHashMap<>();

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
                                    tokenization.componentFields(),
                                    tokenization.firstToken(),
                                    tokenization.lastToken())));
        } catch (IOException failure) {
            throw new ModelUnavailableException(model + tokenization.file().getFileName() + " cannot be read", failure);
        } catch (IllegalArgumentException failure) {
            throw new ModelUnavailableException(model + failure.getMessage(), failure);
        }
    }

    /**
     * Tokenizes an input behind a prompt. Lengths of texts are used to improve later estimates.
     *
     * @param checkpoint called regularly during a long text; may throw to cancel the work
     */
    public TokenizedText tokenize(String prompt, Input input, Runnable checkpoint) {
        if (input instanceof Input.TokenIds tokens) {
            return tokenizer.cut(tokens.ids());
        }
        Utf8Text text = ((Input.Text) input).text();
        TokenizedText tokenized = tokenizer.tokenize(text.behind(prompt), checkpoint);
        if (!tokenized.truncated()) {
            tokenizer.estimator().learn(prompt, text, tokenized.ids().length);
        }
        return tokenized.skipping(skippedTokens(prompt));
    }

    /** Token ids of a text, including special tokens. */
    int[] tokenIds(String text) {
        return tokenizer.tokenize(text).ids();
    }

    /** All token ids, including those of special and added tokens. */
    public BitSet ids() {
        return tokenizer.ids();
    }

    /** Token ids of the vocabulary, which need not include special and added tokens. */
    public BitSet vocabularyIds() {
        return tokenizer.vocabularyIds();
    }

    /** Estimated number of tokens of these inputs, without tokenizing them. */
    public long estimate(String prompt, List<Input> inputs) {
        List<Utf8Text> texts = new ArrayList<>(inputs.size());
        long tokenIds = 0;
        for (Input input : inputs) {
            if (input instanceof Input.Text text) {
                texts.add(text.text());
            } else {
                tokenIds += tokenizer.estimator().atMost(input.length());
            }
        }
        return tokenIds + tokenizer.estimator().estimate(prompt, texts);
    }

    /** Whether the tokenizer adds special tokens around a text, by which a complete encoding is recognised. */
    public boolean addsSpecialTokens() {
        return tokenizer.marksTexts();
    }

    /** Whether the ids are a complete encoding of a text, including special tokens. */
    public boolean isEncoding(int[] ids) {
        return tokenizer.isEncoding(ids);
    }

    /** Number of leading tokens, for this prompt, that the pooling leaves out. */
    private int skippedTokens(String prompt) {
        return prompt.isEmpty() || description.poolsPrompt()
                ? 0
                : promptTokens.computeIfAbsent(prompt, tokenizer::promptTokens);
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
