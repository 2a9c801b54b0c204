package dev.embedding.reload;

import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.Setting;
import dev.embedding.settings.SettingKey;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jboss.logging.Logger;

/** Audit log of settings that came into force, one line per change: key, old and new value, source, key id. */
final class AuditLog {

    private static final Logger LOG = Logger.getLogger("dev.embedding.audit");
    private static final int PROMPT_CHARACTERS = 24;
    private static final int VALUE_CHARACTERS = 256;
    private static final String NONE = "none";

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

    /** Logs the settings that differ; of a further model that comes or goes those that are not the defaults. */
    static void applied(ServiceSettings before, ServiceSettings after, Source source) {
        Map<String, SettingKey> keys = before.keys();
        keys.putAll(after.keys());
        new TreeMap<>(keys).values().forEach(key -> {
            Optional<String> old = before.text(key);
            Optional<String> now = after.text(key);
            boolean isDefault = old.or(() -> now)
                    .filter(text -> text.equals(key.setting().defaultText()))
                    .isPresent();
            boolean comesOrGoes = old.isEmpty() || now.isEmpty();
            if (!old.equals(now) && !(comesOrGoes && isDefault)) {
                LOG.infof(
                        "Setting %s changed from %s to %s by %s%s",
                        key,
                        old.map(text -> abbreviated(key.setting(), text)).orElse(NONE),
                        now.map(text -> abbreviated(key.setting(), text)).orElse(NONE),
                        source.name(),
                        source.keyId().map(id -> ", key " + id).orElse(""));
            }
        });
    }

    /** Formats a value on one line, with a limit on its length. */
    private static String abbreviated(Setting<?> setting, String value) {
        String text = value.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]", " ");
        boolean isPrompt = setting.equals(Setting.QUERY_PROMPT) || setting.equals(Setting.DOCUMENT_PROMPT);
        int limit = isPrompt ? PROMPT_CHARACTERS : VALUE_CHARACTERS;
        int characters = text.codePointCount(0, text.length());
        return characters <= limit
                ? "'" + text + "'"
                : "'" + text.substring(0, text.offsetByCodePoints(0, limit)) + "…' (" + characters + " characters)";
    }
}
