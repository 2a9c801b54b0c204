package dev.embedding.http.exchange.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.PropertyName;
import com.fasterxml.jackson.databind.deser.ResolvableDeserializer;
import com.fasterxml.jackson.databind.deser.SettableBeanProperty;
import com.fasterxml.jackson.databind.deser.ValueInstantiator;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Reads an object as a record, which is only made of an object without faults. The last of duplicate fields counts,
 * null is as if absent, and unknown fields are skipped. A component that the schema requires must be given.
 *
 * <p>Jackson's own deserializer makes a record as soon as all its components were given, and fails at a duplicate after
 * them.
 */
final class RecordReader extends StdDeserializer<Object> implements ResolvableDeserializer {

    private final ValueInstantiator instantiator;
    private final Map<String, SettableBeanProperty> components = new HashMap<>();
    private final List<SettableBeanProperty> required = new ArrayList<>();
    private int count;

    RecordReader(Class<?> type, ValueInstantiator instantiator) {
        super(type);
        this.instantiator = instantiator;
    }

    @Override
    public void resolve(DeserializationContext context) throws JsonMappingException {
        for (SettableBeanProperty component : instantiator.getFromObjectArguments(context.getConfig())) {
            SettableBeanProperty resolved = component.hasValueDeserializer()
                    ? component
                    : component.withValueDeserializer(
                            context.findContextualValueDeserializer(component.getType(), component));
            components.put(resolved.getName(), resolved);
            for (PropertyName alias : resolved.findAliases(context.getConfig())) {
                components.put(alias.getSimpleName(), resolved);
            }
            Schema schema = resolved.getAnnotation(Schema.class);
            if (schema != null && schema.required()) {
                required.add(resolved);
            } else if (resolved.getType().isPrimitive()) {
                throw new IllegalStateException(resolved.getName() + " is not required, so it must be nullable");
            }
            count++;
        }
    }

    @Override
    public @Nullable Object deserialize(JsonParser parser, DeserializationContext context) throws IOException {
        JsonReaderParser json = (JsonReaderParser) parser;
        if (!json.isExpectedStartObjectToken()) {
            json.skipChildren();
            addFault(json);
            return null;
        }
        json.claimValue();
        @Nullable Object[] values = new @Nullable Object[count];
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            SettableBeanProperty component = components.get(json.currentName());
            json.nextToken();
            if (component == null) {
                json.skipChildren();
            } else {
                json.faults().drop();
                JsonDeserializer<Object> reader = component.getValueDeserializer();
                values[component.getCreatorIndex()] = json.hasToken(JsonToken.VALUE_NULL)
                        ? reader.getNullValue(context)
                        : reader.deserialize(json, context);
            }
        }
        return isComplete(values, json) ? checked(instantiator.createFromObjectWith(context, values), json) : null;
    }

    private static @Nullable Object checked(Object content, JsonReaderParser json) {
        if (content instanceof CheckedRecord checked) {
            checked.check(json.faults());
            return json.faults().isEmpty() || !json.faults().contains(json.path()) ? content : null;
        }
        return content;
    }

    private List<String> requiredNames() {
        return required.stream().map(SettableBeanProperty::getName).toList();
    }

    private void addFault(JsonReaderParser json) {
        String fields = required.size() == 1 ? " with the field " : " with the fields ";
        json.faults()
                .add(
                        "Input should be an object"
                                + (required.isEmpty() ? "" : fields + String.join(" and ", requiredNames())),
                        json.noObject());
    }

    /** Whether the object has no faults; adds those of required components that are not there. */
    private boolean isComplete(@Nullable Object[] values, JsonReaderParser json) {
        BodyFaults faults = json.faults();
        if (faults.isEmpty() && hasRequired(values)) {
            return true;
        }
        String path = json.path();
        for (SettableBeanProperty component : required) {
            String name = component.getName();
            if (values[component.getCreatorIndex()] == null && !faults.contains(path + "." + name)) {
                faults.addTo(name, "Field required", "missing");
            }
        }
        faults.putFirst(path, requiredNames());
        return hasRequired(values) && !faults.contains(path);
    }

    private boolean hasRequired(@Nullable Object[] values) {
        for (SettableBeanProperty component : required) {
            if (values[component.getCreatorIndex()] == null) {
                return false;
            }
        }
        return true;
    }

    /** A null that is the whole body is no object; in an object it is as if absent. */
    @Override
    public @Nullable Object getNullValue(DeserializationContext context) throws JsonMappingException {
        JsonParser parser = context.getParser();
        if (parser.getParsingContext().inRoot()) {
            addFault((JsonReaderParser) parser);
        }
        return null;
    }
}
