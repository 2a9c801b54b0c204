package dev.embedding.tokenize;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The content of a {@code tokenizer.json}. */
record TokenizerDefinition(byte[] json, JsonNode root) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NORMALIZER = "normalizer";
    private static final int MOST_UNUSUAL_TOKENS = 40;
    private static final String LOWERCASE = "Lowercase";
    /** A limit far beyond every existing vocabulary. */
    private static final int LARGEST_ID = 1 << 26;

    /** @throws IllegalArgumentException when it is not a JSON object */
    static TokenizerDefinition read(Path file) throws IOException {
        byte[] json = Files.readAllBytes(file);
        try {
            JsonNode root = JSON.readTree(json);
            if (!root.isObject()) {
                throw new IllegalArgumentException(file.getFileName() + " is no tokenizer: it is not a JSON object");
            }
            return new TokenizerDefinition(json, root);
        } catch (IOException invalidJson) {
            throw new IllegalArgumentException(
                    file.getFileName() + " is no tokenizer: it is not valid JSON", invalidJson);
        }
    }

    /** The same definition with other fields in its normalizer and pre-tokenizer, where these have the given types. */
    TokenizerDefinition with(Map<String, Map<String, Object>> componentFields) throws IOException {
        TokenizerDefinition changed = this;
        for (String part : List.of(NORMALIZER, "pre_tokenizer")) {
            JsonNode component = root.path(part);
            Map<String, Object> fields =
                    componentFields.getOrDefault(component.path("type").asText(), Map.of());
            if (component.isObject() && !fields.isEmpty()) {
                ObjectNode replacement = component.deepCopy();
                fields.forEach((field, value) -> replacement.set(field, JSON.valueToTree(value)));
                changed = replacement.equals(component) ? changed : changed.with(part, replacement);
            }
        }
        return changed;
    }

    private TokenizerDefinition with(String part, JsonNode replacement) throws IOException {
        ObjectNode changed = JSON.createObjectNode();
        root.properties().forEach(field -> changed.set(field.getKey(), field.getValue()));
        changed.set(part, replacement);
        return new TokenizerDefinition(JSON.writeValueAsBytes(changed), changed);
    }

    /** The same definition with a lower-casing normalizer prepended, unless one lower-cases already. */
    TokenizerDefinition lowerCasing() throws IOException {
        JsonNode own = root.path(NORMALIZER);
        ArrayNode normalizers = JSON.createArrayNode();
        normalizers.addObject().put("type", LOWERCASE);
        if (own.path("type").asText().equals("Sequence")) {
            own.path("normalizers").forEach(normalizers::add);
        } else if (own.isObject()) {
            normalizers.add(own);
        }
        for (int index = 1; index < normalizers.size(); index++) {
            if (normalizers.get(index).path("type").asText().equals(LOWERCASE)) {
                return this;
            }
        }
        ObjectNode sequence = JSON.createObjectNode().put("type", "Sequence");
        sequence.set("normalizers", normalizers);
        return with(NORMALIZER, sequence);
    }

    /** Ids of the special tokens, which stand for no text. */
    Set<Long> specialIds() {
        Set<Long> ids = new HashSet<>();
        for (JsonNode added : root.path("added_tokens")) {
            if (added.path("special").asBoolean()) {
                ids.add(added.path("id").asLong());
            }
        }
        return ids;
    }

    /**
     * The id of a token; empty where the token is.
     *
     * @throws IllegalArgumentException when there is no such token
     */
    OptionalInt id(String token) {
        if (token.isEmpty()) {
            return OptionalInt.empty();
        }
        JsonNode id = elements(root.path("added_tokens"))
                .filter(added -> added.path("content").asText().equals(token))
                .findFirst()
                .map(added -> added.path("id"))
                .orElseGet(() -> root.path("model").path("vocab").path(token));
        if (!id.canConvertToInt()) {
            throw new IllegalArgumentException(
                    "The tokenizer has no token " + token + ", which texts begin or end with");
        }
        return OptionalInt.of(id.intValue());
    }

    /** Ids of all tokens, including added ones. */
    BitSet ids() {
        BitSet ids = vocabularyIds();
        root.path("added_tokens").forEach(token -> set(ids, token.path("id")));
        return ids;
    }

    /** Ids of the vocabulary; added tokens may or may not be part of it. */
    BitSet vocabularyIds() {
        BitSet ids = new BitSet();
        JsonNode vocabulary = root.path("model").path("vocab");
        if (vocabulary.isArray()) {
            ids.set(0, vocabulary.size());
        } else {
            vocabulary.forEach(id -> set(ids, id));
        }
        return ids;
    }

    private static void set(BitSet ids, JsonNode id) {
        int index = id.asInt();
        if (index < 0 || index > LARGEST_ID) {
            throw new IllegalArgumentException("The tokenizer has a token with the id " + id.asText());
        }
        ids.set(index);
    }

    /**
     * Tokens whose text a tokenizer may treat differently: added ones, and those with a blank inside. At most a few
     * dozen of each kind.
     */
    List<String> unusualTokens() {
        Stream<String> added = elements(root.path("added_tokens"))
                .map(token -> token.path("content").asText())
                .filter(content -> !content.isEmpty())
                .sorted(Comparator.comparing(content -> content.strip().indexOf(' ') < 0)) // those with blanks first
                .limit(MOST_UNUSUAL_TOKENS);
        JsonNode vocabulary = root.path("model").path("vocab");
        Stream<String> tokens = vocabulary.isArray()
                ? elements(vocabulary).map(entry -> entry.path(0).asText())
                : vocabulary.properties().stream().map(Map.Entry::getKey);
        Stream<String> acrossBlanks = tokens.map(
                        token -> token.replace('\u2581', ' ').replace('\u0120', ' '))
                .filter(token -> token.strip().indexOf(' ') >= 0)
                .limit(MOST_UNUSUAL_TOKENS);
        return Stream.concat(added, acrossBlanks).toList();
    }

    /** Characters, in lower case, with which added tokens, or the words inside them, begin or end. */
    BitSet edgesOfAddedTokens() {
        BitSet edges = new BitSet();
        for (JsonNode added : root.path("added_tokens")) {
            for (String word : added.path("content").asText().split(" ")) {
                if (!word.isEmpty()) {
                    edges.set(Character.toLowerCase(word.codePointAt(0)));
                    edges.set(Character.toLowerCase(word.codePointBefore(word.length())));
                }
            }
        }
        return edges;
    }

    private static Stream<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    InputStream content() {
        return new ByteArrayInputStream(json);
    }
}
