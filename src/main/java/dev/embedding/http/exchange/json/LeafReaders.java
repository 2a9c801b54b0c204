package dev.embedding.http.exchange.json;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import dev.embedding.support.Utf8Text;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Readers of the types that any record may have as components. */
final class LeafReaders {

    private LeafReaders() {}

    /** Reads a string, truncated when it is too long to be a known name. */
    static final class Strings extends LeafReader<String> {
        Strings() {
            super(String.class);
        }

        @Override
        protected @Nullable String read(JsonReader json, JsonToken first, BodyFaults faults) {
            return first == JsonToken.VALUE_STRING ? json.shortText() : rejectAsString(json, first, faults);
        }
    }

    /** Reads a string of any length, which stays where it was received. */
    static final class Texts extends LeafReader<Utf8Text> {
        Texts() {
            super(Utf8Text.class);
        }

        @Override
        protected @Nullable Utf8Text read(JsonReader json, JsonToken first, BodyFaults faults) {
            return first == JsonToken.VALUE_STRING ? json.text() : rejectAsString(json, first, faults);
        }
    }

    /** Reads a boolean. */
    static final class Booleans extends LeafReader<Boolean> {
        Booleans() {
            super(Boolean.class);
        }

        @Override
        protected @Nullable Boolean read(JsonReader json, JsonToken first, BodyFaults faults) {
            return first.isBoolean()
                    ? Boolean.valueOf(first == JsonToken.VALUE_TRUE)
                    : reject(json, first, faults, "Input should be a valid boolean", "invalid_type");
        }
    }

    /** Reads a whole number of at most nine digits that is not less than the minimum of its component's schema. */
    static final class WholeNumbers extends LeafReader<Integer> implements ContextualDeserializer {

        private final int minimum;
        private final String message;

        WholeNumbers() {
            this(Integer.MIN_VALUE, "Input should be a whole number of at most nine digits");
        }

        private WholeNumbers(int minimum, String message) {
            super(Integer.class);
            this.minimum = minimum;
            this.message = message;
        }

        @Override
        public JsonDeserializer<?> createContextual(DeserializationContext context, @Nullable BeanProperty component) {
            Schema schema = component == null ? null : component.getAnnotation(Schema.class);
            if (schema == null || schema.minimum().isEmpty()) {
                return this;
            }
            return new WholeNumbers(
                    Integer.parseInt(schema.minimum()),
                    "Input should be a whole number of " + schema.minimum() + " or more");
        }

        @Override
        protected @Nullable Integer read(JsonReader json, JsonToken first, BodyFaults faults) {
            return first == JsonToken.VALUE_NUMBER_INT && isSmall(json) && json.intValue() >= minimum
                    ? Integer.valueOf(json.intValue())
                    : reject(json, first, faults, message, "invalid_value");
        }

        private static boolean isSmall(JsonReader json) {
            return json.intValue() != -1 || json.text().length() == "-1".length();
        }
    }

    /** Skips a value of any type. */
    static final class Skipped extends LeafReader<Object> {
        Skipped() {
            super(Object.class);
        }

        @Override
        protected @Nullable Object read(JsonReader json, JsonToken first, BodyFaults faults) {
            json.skipChildren(first);
            return null;
        }
    }
}
