package dev.embedding.http.exchange.json;

/** Vector in a record that is written by {@link JsonRecords}, in one of its encodings. */
public sealed interface VectorValue {

    void appendTo(VectorJson json);

    /** Written as an array of numbers, each with the fewest digits that read back as the same 32-bit float. */
    record Numbers(float[] vector) implements VectorValue {
        @Override
        public void appendTo(VectorJson json) {
            json.append(vector);
        }
    }

    /** Written as a string: base64 of the little-endian 32-bit floats. */
    record Base64(float[] vector) implements VectorValue {
        @Override
        public void appendTo(VectorJson json) {
            json.appendBase64(vector);
        }
    }
}
