package dev.embedding.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Prompts that a model requires before its texts. An empty prompt prepends nothing, also in place of the default one.
 *
 * @param byName prompts by name, as in the model's file; {@code query} and {@code document} can always be requested
 * @param defaultName name of the prompt that is used where none is requested
 * @see <a href="https://sbert.net/examples/sentence_transformer/applications/computing-embeddings/README.html">Prompts
 *     in sentence-transformers</a>
 */
public record Prompts(Map<String, String> byName, Optional<String> defaultName) {

    /** The prompts of a model that has none. */
    public static final Prompts NONE = new Prompts(Map.of(), Optional.empty());

    private static final String QUERY = "query";
    private static final String DOCUMENT = "document";

    /** Names of the document prompt in models; the first that a model has is used. */
    private static final List<String> DOCUMENT_PROMPT_NAMES = List.of(DOCUMENT, "passage", "corpus");

    public Prompts {
        byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
    }

    /** These prompts, or, for a model without any, those of the operator. */
    public Prompts orElse(String forQueries, String forDocuments) {
        if (hasAny() || forQueries.isEmpty() && forDocuments.isEmpty()) {
            return this;
        }
        Map<String, String> given = new LinkedHashMap<>(byName);
        given.put(QUERY, forQueries);
        given.put(DOCUMENT, forDocuments);
        // The operator's prompts are used on request only, so there is no default.
        return new Prompts(given, Optional.empty());
    }

    /** Whether there is a prompt that is not empty. */
    public boolean hasAny() {
        return byName.values().stream().anyMatch(text -> !text.isEmpty());
    }

    /** The names that can be requested. */
    public Set<String> names() {
        Set<String> names = new TreeSet<>(byName.keySet());
        names.addAll(List.of(QUERY, DOCUMENT));
        return names;
    }

    /** The prompt of a name; empty when there is none of that name. */
    public Optional<String> named(String name) {
        return names().contains(name) ? Optional.of(byName.getOrDefault(name, "")) : Optional.empty();
    }

    /** The default prompt, which is used where none is requested. */
    public String usual() {
        return defaultName.map(name -> byName.getOrDefault(name, "")).orElse("");
    }

    /** The prompt of queries. */
    public String forQueries() {
        return byName.getOrDefault(QUERY, "");
    }

    /** The prompt of documents. */
    public String forDocuments() {
        return DOCUMENT_PROMPT_NAMES.stream()
                .filter(byName::containsKey)
                .findFirst()
                .map(byName::get)
                .orElse("");
    }

    /** Canonical form of all prompts, for the fingerprint: the same for the same prompts in any order. */
    String canonical() {
        StringBuilder all = new StringBuilder();
        for (String name : names()) {
            String text = byName.getOrDefault(name, "");
            all.append(name.length())
                    .append(' ')
                    .append(name)
                    .append(text.length())
                    .append(' ')
                    .append(text);
        }
        return all + defaultName.orElse("");
    }
}
