package dev.embedding.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Prompts of a model: texts that are prepended to queries or documents. An empty prompt is none, and takes the place
 * of the default one.
 *
 * @param byName as the model's file has them; {@code query} and {@code document} can be requested in any case
 * @param defaultName of the prompt that is used where none is requested
 * @see <a
 *     href="https://sbert.net/examples/sentence_transformer/applications/computing-embeddings/README.html">Prompts in
 *     sentence-transformers</a>
 */
public record Prompts(Map<String, String> byName, Optional<String> defaultName) {

    /** Of a model that has none. */
    public static final Prompts NONE = new Prompts(Map.of(), Optional.empty());

    private static final String QUERY = "query";
    private static final String DOCUMENT = "document";

    /** What models call the prompt of what is searched; the first that a model has is it. */
    private static final List<String> FOR_DOCUMENTS = List.of(DOCUMENT, "passage", "corpus");

    public Prompts {
        byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
    }

    /** The same, or, of a model that has none, those that its operator gave. */
    public Prompts orElse(String forQueries, String forDocuments) {
        if (hasAny() || forQueries.isEmpty() && forDocuments.isEmpty()) {
            return this;
        }
        Map<String, String> given = new LinkedHashMap<>(byName);
        given.put(QUERY, forQueries);
        given.put(DOCUMENT, forDocuments);
        // An empty prompt that was the default one is none; given ones have to be requested.
        return new Prompts(given, Optional.empty());
    }

    /** Whether there is a prompt that is not empty. */
    public boolean hasAny() {
        return byName.values().stream().anyMatch(text -> !text.isEmpty());
    }

    /** What can be requested. */
    public Set<String> names() {
        Set<String> names = new TreeSet<>(byName.keySet());
        names.addAll(List.of(QUERY, DOCUMENT));
        return names;
    }

    /** The prompt of a name; empty when there is none of that name. */
    public Optional<String> named(String name) {
        return names().contains(name) ? Optional.of(byName.getOrDefault(name, "")) : Optional.empty();
    }

    /** Where none is requested. */
    public String usual() {
        return defaultName.map(name -> byName.getOrDefault(name, "")).orElse("");
    }

    /** In front of what is searched for. */
    public String forQueries() {
        return byName.getOrDefault(QUERY, "");
    }

    /** In front of what is searched. */
    public String forDocuments() {
        return FOR_DOCUMENTS.stream()
                .filter(byName::containsKey)
                .findFirst()
                .map(byName::get)
                .orElse("");
    }

    /** All of them, for the fingerprint: the same for the same prompts in any order. */
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
