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
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The content of a {@code tokenizer.json}. */
record TokenizerDefinition(byte[] json, JsonNode root) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NORMALIZER = "normalizer";
    private static final int MOST_UNUSUAL_TOKENS = 40;
    private static final String LOWERCASE = "Lowercase";
    /** Far beyond every vocabulary that there is. */
    private static final int LARGEST_ID = 1 << 26;

    /** @throws IllegalArgumentException when it is no JSON object */
    static TokenizerDefinition read(Path file) throws IOException {
        byte[] json = Files.readAllBytes(file);
        try {
            JsonNode root = JSON.readTree(json);
            if (!root.isObject()) {
                throw new IllegalArgumentException(file.getFileName() + " is no tokenizer: it is no JSON object");
            }
            return new TokenizerDefinition(json, root);
        } catch (IOException noJson) {
            throw new IllegalArgumentException(file.getFileName() + " is no tokenizer: it is no valid JSON", noJson);
        }
    }

    /** The same with other fields in its normalizer and pre-tokenizer, where these are of the types given. */
    TokenizerDefinition with(Map<String, Map<String, Object>> componentFields) throws IOException {
        TokenizerDefinition changed = this;
        for (String part : List.of(NORMALIZER, "pre_tokenizer")) {
            JsonNode component = root.path(part);
            Map<String, Object> fields =
                    componentFields.getOrDefault(component.path("type").asText(), Map.of());
            if (component.isObject() && !fields.isEmpty()) {
                ObjectNode wanted = component.deepCopy();
                fields.forEach((field, value) -> wanted.set(field, JSON.valueToTree(value)));
                changed = wanted.equals(component) ? changed : changed.with(part, wanted);
            }
        }
        return changed;
    }

    private TokenizerDefinition with(String part, JsonNode wanted) throws IOException {
        ObjectNode changed = JSON.createObjectNode();
        root.properties().forEach(field -> changed.set(field.getKey(), field.getValue()));
        changed.set(part, wanted);
        return new TokenizerDefinition(JSON.writeValueAsBytes(changed), changed);
    }

    /** The same with a normalizer in front that lower-cases, unless one does so already. */
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

    /** Ids of the tokens that stand for no text. */
    Set<Long> specialIds() {
        Set<Long> ids = new HashSet<>();
        for (JsonNode added : root.path("added_tokens")) {
            if (added.path("special").asBoolean()) {
                ids.add(added.path("id").asLong());
            }
        }
        return ids;
    }

    /** Ids of all tokens that there are. */
    BitSet ids() {
        BitSet ids = vocabularyIds();
        root.path("added_tokens").forEach(token -> set(ids, token.path("id")));
        return ids;
    }

    /** Ids of the tokens that texts are made of; those that were added to them may be among them or not. */
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
     * Tokens whose text a tokenizer may treat unlike other text: added ones, and those in which a blank stands behind
     * something else. Of each kind a few dozen.
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

    /** Characters, in lower case, with which added tokens begin or end, also beside a blank in them. */
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
