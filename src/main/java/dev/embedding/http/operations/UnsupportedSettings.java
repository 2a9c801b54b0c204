package dev.embedding.http.operations;

import dev.embedding.settings.Setting;
import dev.embedding.settings.SettingKey;
import dev.embedding.support.Names;
import java.util.Collection;

/** Message about names that are no settings. */
final class UnsupportedSettings {

    static final int MAX_LISTED = 10;
    private static final int MAX_LISTED_CHARACTERS = 80;

    private UnsupportedSettings() {}

    static String message(Collection<String> names) {
        String listed = String.join(
                ", ",
                names.stream()
                        .limit(MAX_LISTED)
                        .map(UnsupportedSettings::abbreviated)
                        .toList());
        String more = names.size() > MAX_LISTED ? " and more" : "";
        return "Unsupported: " + listed + more + "; settings are " + String.join(", ", Setting.keys()) + " and "
                + SettingKey.PATTERN + " with the id of a further model";
    }

    private static String abbreviated(String name) {
        return "'" + Names.abbreviated(name, MAX_LISTED_CHARACTERS) + "'";
    }
}
