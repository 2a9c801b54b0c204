package dev.embedding.http.openai;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import dev.embedding.http.exchange.json.BodyFaults;
import dev.embedding.http.exchange.json.JsonReader;
import dev.embedding.http.exchange.json.LeafReader;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Values of {@code truncate} and {@code truncation}. */
@JsonDeserialize(using = Truncation.Reader.class)
enum Truncation {
    /** Inputs that are longer than the model takes are rejected. */
    NONE,
    /** Their ends are cut. */
    END;

    /** Reads a name in upper or lower case, or whether to truncate. */
    @RegisterForReflection
    static final class Reader extends LeafReader<Truncation> {
        Reader() {
            super(Truncation.class);
        }

        @Override
        protected @Nullable Truncation read(JsonReader json, JsonToken first, BodyFaults faults) {
            if (first.isBoolean()) {
                return first == JsonToken.VALUE_TRUE ? END : NONE;
            }
            if (first != JsonToken.VALUE_STRING) {
                return rejectAsString(json, first, faults);
            }
            return switch (json.shortText().toUpperCase(Locale.ROOT)) {
                case "NONE" -> NONE;
                case "END" -> END;
                default ->
                    reject(json, first, faults, "Input should be 'NONE' or 'END', true or false", "invalid_value");
            };
        }
    }
}
