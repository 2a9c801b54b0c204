package dev.embedding.infer.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import com.sun.jna.Platform;
import dev.embedding.support.ProcessDirectory;
import dev.embedding.support.UnusableDirectoryException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * ONNX Runtime's native libraries. They are unpacked into this process's directory, because ONNX Runtime itself leaves them
 * behind when the process is killed; with a property {@code onnxruntime.native.…} nothing is unpacked.
 */
public final class EngineLibraries {

    public static final OrtLoggingLevel LOG_LEVEL = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR;

    private static final String PROPERTIES = "onnxruntime.native.";
    private static final String PATH = PROPERTIES + "path";
    private static final String CUDA = "onnxruntime_providers_cuda";
    private static final List<String> LIBRARIES =
            List.of("onnxruntime_providers_shared", "onnxruntime", "onnxruntime4j_jni");

    private static Optional<Path> unpackedTo = Optional.empty();
    private static boolean loaded;

    private EngineLibraries() {}

    /**
     * Loads the libraries, with the telemetry to their vendor off; later calls do nothing.
     *
     * @throws UnusableDirectoryException when they cannot be unpacked into {@code java.io.tmpdir} or loaded from there
     * @throws InferenceException when this machine cannot load them
     */
    public static synchronized void load() {
        if (loaded) {
            return;
        }
        unpack();
        NativeMemory.shareArenas();
        EngineTelemetry.switchOff();
        try {
            OrtEnvironment unused = OrtEnvironment.getEnvironment(LOG_LEVEL);
        } catch (LinkageError | RuntimeException failure) {
            throw notLoaded(failure);
        }
        if (unpackedTo.isPresent()) {
            removeEmptyDirectory();
        }
        loaded = true;
    }

    /** Unpacks CUDA's library, which is twenty times larger than the others, only for a session that needs it. */
    static synchronized void unpackCuda() {
        unpackedTo.ifPresent(directory -> unpack(CUDA, directory));
    }

    private static void unpack() {
        boolean areFiles =
                System.getProperties().stringPropertyNames().stream().anyMatch(name -> name.startsWith(PROPERTIES));
        Path directory = ProcessDirectory.path();
        if (areFiles || EngineLibraries.class.getResource(resource("onnxruntime")) == null) {
            return;
        }
        if (System.getProperty("jna.tmpdir") == null) {
            System.setProperty("jna.tmpdir", directory.toString());
        }
        LIBRARIES.forEach(name -> unpack(name, directory));
        System.setProperty(PATH, directory.toString());
        unpackedTo = Optional.of(directory);
    }

    private static void unpack(String name, Path directory) {
        Path file = directory.resolve(fileName(name));
        try (InputStream content = EngineLibraries.class.getResourceAsStream(resource(name))) {
            if (content != null && !Files.exists(file)) {
                ProcessDirectory.deleteAtExit(file);
                Files.copy(content, file);
            }
        } catch (IOException failure) {
            deletePart(file);
            throw ProcessDirectory.unusable("have room for ONNX Runtime's native libraries", failure);
        }
    }

    private static void deletePart(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException stays) {
            // It is deleted at exit.
        }
    }

    private static String fileName(String name) {
        return System.mapLibraryName(name).replace("jnilib", "dylib");
    }

    /** The resource's name in ONNX Runtime's artifact. */
    private static String resource(String name) {
        String system = Platform.isMac() ? "osx" : Platform.isWindows() ? "win" : "linux";
        String processor = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        String architecture = processor.equals("amd64") || processor.equals("x86_64") ? "x64" : processor;
        return "/ai/onnxruntime/native/" + system + "-" + architecture + "/" + fileName(name);
    }

    private static RuntimeException notLoaded(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && !(cause instanceof UnsatisfiedLinkError)) {
            cause = cause.getCause();
        }
        boolean isNoexec = cause instanceof UnsatisfiedLinkError
                && String.valueOf(cause.getMessage()).contains("failed to map segment");
        if (isNoexec && unpackedTo.isPresent()) {
            return ProcessDirectory.unusable("not be mounted noexec, as native libraries are loaded from it", cause);
        }
        return new InferenceException("ONNX Runtime cannot be loaded on this machine: " + cause.getMessage(), cause);
    }

    /** Removes the directory that ONNX Runtime creates even when it has nothing to unpack. */
    private static void removeEmptyDirectory() {
        try {
            Field directory = Class.forName("ai.onnxruntime.OnnxRuntime").getDeclaredField("tempDirectory");
            directory.setAccessible(true);
            Files.deleteIfExists((Path) directory.get(null));
        } catch (ReflectiveOperationException | RuntimeException | IOException stays) {
            System.getLogger(EngineLibraries.class.getName())
                    .log(System.Logger.Level.DEBUG, "ONNX Runtime's directory stays until the process exits", stays);
        }
    }
}
