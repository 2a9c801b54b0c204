package dev.embedding.reload;

import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.Setting;
import dev.embedding.settings.SettingValues;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Audit log of settings that came into force, one line per change: key, old and new value, source, key id. */
final class AuditLog {

    private static final Logger LOG = Logger.getLogger("dev.embedding.audit");
    private static final int PROMPT_CHARACTERS = 24;
    private static final int VALUE_CHARACTERS = 256;

    private AuditLog() {}

    /**
     * Source of a change.
     *
     * @param name {@code api}, {@code database} or {@code file}
     * @param keyId id of the API caller's key
     */
    record Source(String name, Optional<String> keyId) {

        static Source api(Optional<String> keyId) {
            return new Source("api", keyId);
        }

        static Source store(String name) {
            return new Source(name, Optional.empty());
        }
    }

    /** Logs the settings that differ. */
    static void applied(ServiceSettings before, ServiceSettings after, Source source) {
        for (Setting<?> setting : before.values().changedIn(after.values())) {
            LOG.infof(
                    "Setting %s changed from %s to %s by %s%s",
                    setting.key(),
                    abbreviated(setting, before.values()),
                    abbreviated(setting, after.values()),
                    source.name(),
                    source.keyId().map(id -> ", key " + id).orElse(""));
        }
    }

    /** Formats a value on one line, with a limit on its length. */
    private static String abbreviated(Setting<?> setting, SettingValues values) {
        String text = values.text(setting).replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]", " ");
        boolean isPrompt = setting.equals(Setting.QUERY_PROMPT) || setting.equals(Setting.DOCUMENT_PROMPT);
        int limit = isPrompt ? PROMPT_CHARACTERS : VALUE_CHARACTERS;
        int characters = text.codePointCount(0, text.length());
        return characters <= limit
                ? "'" + text + "'"
                : "'" + text.substring(0, text.offsetByCodePoints(0, limit)) + "…' (" + characters + " characters)";
    }
}
