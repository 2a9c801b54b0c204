package dev.embedding.reload;

import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.SettingKey;
import java.util.Objects;
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
        after.values().forEach((key, value) -> {
            Object old = Objects.requireNonNull(before.values().get(key));
            if (!Objects.equals(old, value)) {
                LOG.infof(
                        "Setting %s changed from %s to %s by %s%s",
                        key.key(),
                        abbreviated(key, old),
                        abbreviated(key, value),
                        source.name(),
                        source.keyId().map(id -> ", key " + id).orElse(""));
            }
        });
    }

    /** Formats a value on one line, with a limit on its length. */
    private static String abbreviated(SettingKey key, Object value) {
        String text = SettingKey.text(value).replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]", " ");
        boolean isPrompt = key == SettingKey.QUERY_PROMPT || key == SettingKey.DOCUMENT_PROMPT;
        int limit = isPrompt ? PROMPT_CHARACTERS : VALUE_CHARACTERS;
        int characters = text.codePointCount(0, text.length());
        return characters <= limit
                ? "'" + text + "'"
                : "'" + text.substring(0, text.offsetByCodePoints(0, limit)) + "…' (" + characters + " characters)";
    }
}
