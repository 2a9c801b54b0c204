package dev.embedding.http.exchange.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Reads a list of as many items as its component's schema allows; the items beyond are counted, not kept. Where an item
 * is faulty, the list has null in its place.
 */
final class ListReader extends StdDeserializer<List<?>> implements ContextualDeserializer {

    private final JavaType list;
    private final int least;
    private final int most;
    private final @Nullable JsonDeserializer<Object> items;

    ListReader(JavaType list) {
        this(list, 0, Integer.MAX_VALUE, null);
    }

    private ListReader(JavaType list, int least, int most, @Nullable JsonDeserializer<Object> items) {
        super(list);
        this.list = list;
        this.least = least;
        this.most = most;
        this.items = items;
    }

    @Override
    public JsonDeserializer<?> createContextual(DeserializationContext context, @Nullable BeanProperty component)
            throws JsonMappingException {
        JsonDeserializer<Object> reader = context.findContextualValueDeserializer(list.getContentType(), component);
        Schema schema = component == null ? null : component.getAnnotation(Schema.class);
        return schema == null
                ? new ListReader(list, 0, Integer.MAX_VALUE, reader)
                : new ListReader(list, least(schema), most(schema), reader);
    }

    /** The annotation's default, which stands for no minimum, is the largest number. */
    private static int least(Schema schema) {
        return schema.minItems() == Integer.MAX_VALUE ? 0 : schema.minItems();
    }

    /** The annotation's default, which stands for no maximum, is the smallest number. */
    private static int most(Schema schema) {
        return schema.maxItems() == Integer.MIN_VALUE ? Integer.MAX_VALUE : schema.maxItems();
    }

    @Override
    public @Nullable List<?> deserialize(JsonParser parser, DeserializationContext context) throws IOException {
        JsonReaderParser json = (JsonReaderParser) parser;
        if (!json.isExpectedStartArrayToken()) {
            json.skipChildren();
            json.faults().add("Input should be a valid list", "invalid_type");
            return null;
        }
        json.claimValue();
        List<@Nullable Object> read = new ArrayList<>();
        int count = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (count++ < most) {
                read.add(items == null ? null : items.deserialize(json, context));
            } else {
                json.skipChildren();
            }
        }
        addSizeFault(count, json.faults());
        return read;
    }

    private void addSizeFault(int count, BodyFaults faults) {
        if (count < least) {
            faults.add(size("at least ", least, count), "too_short");
        } else if (count > most) {
            faults.add(size("at most ", most, count), "too_long");
        }
    }

    private static String size(String bound, int items, int count) {
        return "List should have " + bound + items + (items == 1 ? " item" : " items") + ", not " + count;
    }
}
