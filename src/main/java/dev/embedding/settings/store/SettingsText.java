package dev.embedding.settings.store;

import dev.embedding.settings.StoredRow;
import dev.embedding.settings.UnstorableValueException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The content of a settings file: {@link JsonText} or {@link LinesText}. */
sealed interface SettingsText permits JsonText, LinesText {

    /**
     * Reads a file's text.
     *
     * @param isJsonWhenEmpty the format of an empty text
     * @throws IllegalArgumentException with a message, to follow the file's name, that says what is wrong and where
     */
    static SettingsText of(String text, boolean isJsonWhenEmpty) {
        String content = text.startsWith("\uFEFF") ? text.substring(1) : text;
        boolean isJson =
                content.isBlank() ? isJsonWhenEmpty : content.stripLeading().startsWith("{");
        return isJson ? JsonText.of(content) : LinesText.of(content);
    }

    List<StoredRow> rows();

    /**
     * The text after changes, in the same format.
     *
     * @throws UnstorableValueException when the format cannot hold a value
     */
    String with(Map<String, Optional<String>> changes);
}
