package dev.embedding.http.embed;

import dev.embedding.serving.FieldError;
import dev.embedding.serving.ModelChoice.ModelName;
import dev.embedding.serving.RequestFailure;
import dev.embedding.support.Utf8Text;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Parsed query of {@code POST /embed/single}; of several parameters of a name the last one counts.
 *
 * @param model empty where the parameter is blank, so that the body's field counts
 */
record EmbedSingleQuery(Optional<Utf8Text> text, Optional<ModelName> model) {

    private static final int MAX_PARAMETERS = 1_024;

    /** @throws RequestFailure when the text is blank, or the query is not percent-encoded UTF-8 */
    static EmbedSingleQuery parse(String uri) {
        Map<String, List<String>> parameters;
        try {
            parameters = decoder(uri).parameters();
        } catch (IllegalArgumentException notEncoded) {
            throw RequestFailure.invalid(
                    new FieldError("query.text", "The query is not percent-encoded UTF-8", "value_error"));
        }
        return new EmbedSingleQuery(
                last(parameters, EmbedSingleRequestBody.TEXT)
                        .map(text -> TextValidation.notBlank("query.text", Utf8Text.of(text))),
                last(parameters, OptionFields.MODEL)
                        .filter(name -> !name.isBlank())
                        .map(OptionFields::modelName));
    }

    private static Optional<String> last(Map<String, List<String>> parameters, String name) {
        List<String> values = parameters.getOrDefault(name, List.of());
        return values.isEmpty() ? Optional.empty() : Optional.of(values.get(values.size() - 1));
    }

    /** Only {@code &} separates parameters, as in the original: a semicolon belongs to the text. */
    private static QueryStringDecoder decoder(String uri) {
        return new QueryStringDecoder(uri, StandardCharsets.UTF_8, true, MAX_PARAMETERS, true);
    }
}
