package dev.embedding.http.exchange.json;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBase;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.type.CollectionType;
import dev.embedding.serving.RequestFailure;
import dev.embedding.support.Utf8Text;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Reads bodies as records, and writes records as responses: a record's annotations are the schema of the OpenAPI
 * document and the rules of the parser. Components are strings (short ones: they are truncated to 1000 characters),
 * {@link Utf8Text}s, whole numbers, booleans, enums, other records, lists of these, or what a {@link LeafReader} of
 * their own reads; an {@code Object} is skipped. Components whose schema does not say that they are required are
 * nullable, and so none of a primitive type.
 */
public final class JsonRecords {

    private static final ObjectMapper READER = JsonMapper.builder()
            .disable(DeserializationFeature.WRAP_EXCEPTIONS)
            .addModule(new SimpleModule()
                    .addDeserializer(String.class, new LeafReaders.Strings())
                    .addDeserializer(Utf8Text.class, new LeafReaders.Texts())
                    .addDeserializer(Boolean.class, new LeafReaders.Booleans())
                    .addDeserializer(Boolean.TYPE, new LeafReaders.Booleans())
                    .addDeserializer(Integer.class, new LeafReaders.WholeNumbers())
                    .addDeserializer(Integer.TYPE, new LeafReaders.WholeNumbers())
                    .addDeserializer(Object.class, new LeafReaders.Skipped())
                    .setDeserializerModifier(new Readers()))
            .build();

    private static final ObjectWriter WRITER = JsonMapper.builder()
            .disable(SerializationFeature.FLUSH_AFTER_WRITE_VALUE)
            .build()
            .writer();

    private JsonRecords() {}

    /**
     * Reads a body.
     *
     * @param first the token that the parser is at
     * @param noObject type of the fault where an object is expected and something else is given
     * @throws RequestFailure with every fault of the body
     */
    public static <T> T read(JsonReader json, JsonToken first, Class<T> type, String noObject) {
        JsonReaderParser parser = new JsonReaderParser(json, first, noObject);
        T content;
        try {
            content = READER.readValue(parser, type);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        if (!parser.faults().isEmpty()) {
            throw RequestFailure.invalid(parser.faults().all());
        }
        return content;
    }

    /**
     * Writes a record, its vectors without copies.
     *
     * @param expected estimated bytes of the JSON
     */
    public static byte[] write(Object content, long expected) {
        VectorJson json = new VectorJson(expected);
        try {
            WRITER.writeValue(json, content);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return json.toBytes();
    }

    /** Replaces Jackson's deserializers of records, enums and lists, which throw at the first fault. */
    private static final class Readers extends BeanDeserializerModifier {

        @Override
        public JsonDeserializer<?> modifyDeserializer(
                DeserializationConfig config, BeanDescription type, JsonDeserializer<?> original) {
            return original instanceof BeanDeserializerBase bean
                            && type.getBeanClass().isRecord()
                    ? new RecordReader(type.getBeanClass(), bean.getValueInstantiator())
                    : original;
        }

        @Override
        public JsonDeserializer<?> modifyEnumDeserializer(
                DeserializationConfig config,
                JavaType type,
                BeanDescription description,
                JsonDeserializer<?> original) {
            return new EnumReader(config, description);
        }

        @Override
        public JsonDeserializer<?> modifyCollectionDeserializer(
                DeserializationConfig config,
                CollectionType type,
                BeanDescription description,
                JsonDeserializer<?> original) {
            return type.isTypeOrSubTypeOf(List.class) ? new ListReader(type) : original;
        }
    }
}
