package dev.embedding.tokenize;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.util.Utils;
import dev.embedding.support.AbandonedDirectories;
import dev.embedding.support.ProcessDirectory;
import dev.embedding.support.UnusableDirectoryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Loads the native tokenizer library, which is unpacked once into {@code DJL_CACHE_DIR}. */
public final class TokenizerLibrary {

    private static final String DIRECTORY = "DJL_CACHE_DIR";
    private static final String ENGINES_DIRECTORY = "ENGINE_CACHE_DIR";

    /** Age after which an unpacking directory is abandoned; unpacking takes seconds at most. */
    private static final Duration ABANDONED = Duration.ofHours(1);

    private static boolean loaded;

    private TokenizerLibrary() {}

    /**
     * Loads the library; later calls do nothing.
     *
     * @throws UnusableDirectoryException when it cannot be unpacked into its directory or loaded from there
     */
    public static synchronized void load() {
        if (loaded) {
            return;
        }
        prepare();
        Path directory = Utils.getEngineCacheDir("tokenizers");
        AbandonedDirectories.removeOlder(directory, "tmp*", ABANDONED);
        try {
            Files.createDirectories(directory);
            LibUtils.checkStatus();
        } catch (IOException | LinkageError | RuntimeException failure) {
            throw unusable(directory, failure);
        }
        if (directory.startsWith(ProcessDirectory.path())) {
            ProcessDirectory.deleteAtExit(directory);
        }
        loaded = true;
    }

    /** Sets properties without which the library downloads another build of itself on machines with a GPU. */
    private static void prepare() {
        setIfAbsent("RUST_FLAVOR", "cpu");
        setIfAbsent("ai.djl.offline", "true");
        if (!isSet(DIRECTORY)
                && !isSet(ENGINES_DIRECTORY)
                && !Files.isWritable(Path.of(System.getProperty("user.home")))) {
            // The library's default is a directory in /tmp that any user may have created.
            System.setProperty(ENGINES_DIRECTORY, ProcessDirectory.path().toString());
        }
    }

    private static boolean isSet(String variable) {
        String value = Utils.getEnvOrSystemProperty(variable);
        return value != null && !value.isEmpty();
    }

    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private static UnusableDirectoryException unusable(Path directory, Throwable failure) {
        if (failure instanceof LinkageError) {
            String rule = "not be mounted noexec, and have the whole tokenizer library or nothing";
            return UnusableDirectoryException.of(DIRECTORY, rule, directory, failure);
        }
        String rule = "be a directory that can be written and has room for the tokenizer library (16 MB)";
        // The library's own exception does not say that there is no room.
        IOException cause = failure instanceof IOException known
                ? known
                : new IOException(freeMegabytes(directory) + " MB are free", failure);
        return UnusableDirectoryException.of(DIRECTORY, rule, directory, cause);
    }

    private static long freeMegabytes(Path directory) {
        return directory.toFile().getUsableSpace() / 1_000_000;
    }
}
