package dev.embedding.http.operations;

import dev.embedding.settings.ModelId;
import dev.embedding.settings.Setting;
import dev.embedding.settings.SettingKey;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;

/** Adds the bodies that change settings to the OpenAPI document, from {@link Setting}. */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public class OpenApiSettings implements OASFilter {

    static final String CHANGE = "SettingChange";
    static final String CHANGES = "SettingChanges";

    @Override
    public void filterOpenAPI(OpenAPI api) {
        Map<String, Schema> values = new LinkedHashMap<>();
        for (Setting<?> setting : Setting.all()) {
            values.put(setting.key(), value(setting));
        }
        Map<String, Schema> ofFurtherModels = new LinkedHashMap<>();
        Setting.all().stream()
                .filter(Setting::isOfModel)
                .forEach(setting ->
                        ofFurtherModels.put("^models\\." + ModelId.FORM + "\\." + setting.key() + "$", value(setting)));
        api.getComponents().addSchema(CHANGE, change()).addSchema(CHANGES, changes(values, ofFurtherModels));
    }

    private static Schema change() {
        Schema flat = ofType(SchemaType.STRING).enumeration(List.copyOf(Setting.keys()));
        Schema ofFurtherModel = ofType(SchemaType.STRING).pattern("^models\\." + ModelId.FORM + "\\.[a-z_]+$");
        Schema key = OASFactory.createSchema()
                .description(SettingKey.PATTERN + " sets a key for a further model")
                .anyOf(List.of(flat, ofFurtherModel));
        Schema value = OASFactory.createSchema()
                .description("JSON of the key's type, or the text that is stored for it")
                .oneOf(List.of(text(), ofType(SchemaType.INTEGER), ofType(SchemaType.BOOLEAN), listOfTexts()));
        return ofType(SchemaType.OBJECT)
                .addProperty("key", key)
                .addProperty("value", value)
                .required(List.of("key", "value"));
    }

    private static Schema changes(Map<String, Schema> values, Map<String, Schema> ofFurtherModels) {
        Schema settings = ofType(SchemaType.OBJECT)
                .minProperties(1)
                .properties(values)
                .patternProperties(ofFurtherModels)
                .additionalPropertiesSchema(OASFactory.createSchema().booleanSchema(false));
        return ofType(SchemaType.OBJECT).addProperty("settings", settings).required(List.of("settings"));
    }

    private static Schema value(Setting<?> setting) {
        Schema schema = OASFactory.createSchema().description("Must be " + setting.rule());
        return switch (setting.type().form()) {
            case TEXT -> schema.addType(SchemaType.STRING).maxLength(SettingValue.MAX_CHARACTERS);
            case BOOLEAN -> schema.oneOf(List.of(ofType(SchemaType.BOOLEAN), text()));
            case INTEGER -> schema.oneOf(List.of(ofType(SchemaType.INTEGER), text()));
            case TEXT_LIST, INTEGER_LIST -> schema.oneOf(List.of(listOfTexts(), text()));
        };
    }

    private static Schema text() {
        return ofType(SchemaType.STRING).maxLength(SettingValue.MAX_CHARACTERS);
    }

    private static Schema listOfTexts() {
        return ofType(SchemaType.ARRAY).items(ofType(SchemaType.STRING)).minItems(1);
    }

    private static Schema ofType(SchemaType type) {
        return OASFactory.createSchema().addType(type);
    }
}
