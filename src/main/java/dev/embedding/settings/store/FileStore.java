package dev.embedding.settings.store;

import dev.embedding.settings.SettingKey;
import dev.embedding.settings.SettingsStore;
import dev.embedding.settings.StoreUnavailableException;
import dev.embedding.settings.StoredRow;
import dev.embedding.settings.UnstorableValueException;
import dev.embedding.support.FileReplacement;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A settings file: a JSON object, or lines {@code key=value}. A missing file holds no settings. A change replaces the
 * whole file and keeps its format; of two processes that change it at once, the last one wins.
 */
final class FileStore implements SettingsStore {

    private static final int LARGEST = 1_000_000;

    private final Path file;
    private final Path directory;
    private final Duration timeout;

    FileStore(Path file, Duration timeout) {
        this.file = file.toAbsolutePath();
        this.directory = Optional.ofNullable(this.file.getParent()).orElse(this.file);
        this.timeout = timeout;
    }

    @Override
    public String source() {
        return "file";
    }

    /** Read-only for a symbolic link, whose target is managed elsewhere, such as a mounted ConfigMap. */
    @Override
    public boolean isReadOnly() {
        return Files.isSymbolicLink(file)
                || !Files.isWritable(directory)
                || Files.exists(file) && !Files.isWritable(file);
    }

    @Override
    public Uni<List<StoredRow>> read() {
        return onWorker(() -> content().rows().stream()
                .sorted(Comparator.comparing(StoredRow::key))
                .toList());
    }

    @Override
    public Uni<Void> write(Map<String, Optional<String>> changes) {
        return onWorker(() -> {
            change(Map.copyOf(changes));
            return null;
        });
    }

    private <T> Uni<T> onWorker(Supplier<T> operation) {
        return Uni.createFrom()
                .item(operation)
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .ifNoItem()
                .after(timeout)
                .failWith(() -> unavailable("did not answer within " + timeout.toMillis() + " ms"));
    }

    private synchronized void change(Map<String, Optional<String>> changes) {
        if (isReadOnly()) {
            throw unavailable("cannot be written");
        }
        byte[] changed = content().with(changes).getBytes(StandardCharsets.UTF_8);
        if (changed.length > LARGEST) {
            throw unavailable("would be larger than 1 MB");
        }
        requireAsGiven(changes, new String(changed, StandardCharsets.UTF_8));
        try {
            FileReplacement.replace(file, changed);
        } catch (IOException failure) {
            throw new StoreUnavailableException(message("cannot be written"), failure);
        }
    }

    /** Rejects unpaired surrogates, which UTF-8 cannot encode. */
    private void requireAsGiven(Map<String, Optional<String>> changes, String text) {
        List<StoredRow> rows = SettingsText.of(text, isJsonByName()).rows();
        changes.forEach((key, given) -> given.ifPresent(value -> {
            if (rows.stream().noneMatch(row -> row.key().equals(key) && isSame(key, row.value(), value))) {
                throw new UnstorableValueException(key, message("would hold another value than was sent"));
            }
        }));
    }

    private static boolean isSame(String key, @Nullable String held, String given) {
        boolean keepsBlanks = SettingKey.of(key)
                .filter(known -> known.setting().type().keepsBlanks())
                .isPresent();
        return held != null && (keepsBlanks ? held.equals(given) : held.strip().equals(given.strip()));
    }

    private SettingsText content() {
        String text = text();
        return inItsForm(() -> SettingsText.of(text, isJsonByName()));
    }

    private <T> T inItsForm(Supplier<T> content) {
        try {
            return content.get();
        } catch (IllegalArgumentException unfit) {
            throw new StoreUnavailableException(message(String.valueOf(unfit.getMessage())), unfit);
        }
    }

    private boolean isJsonByName() {
        return file.toString().endsWith(".json");
    }

    private String text() {
        if (!Files.exists(file)) {
            return "";
        }
        if (!Files.isRegularFile(file)) {
            throw unavailable("is no file");
        }
        try (InputStream input = Files.newInputStream(file)) {
            byte[] bytes = input.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw unavailable("is larger than 1 MB");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException notText) {
            throw new StoreUnavailableException(message("is not text in UTF-8"), notText);
        } catch (IOException failure) {
            throw new StoreUnavailableException(message("cannot be read"), failure);
        }
    }

    private StoreUnavailableException unavailable(String what) {
        return new StoreUnavailableException(message(what));
    }

    private String message(String what) {
        return "The settings file " + file.getFileName() + " " + what;
    }
}
