package dev.embedding.infer.runtime;

import com.sun.jna.Platform;
import dev.embedding.support.CLibrary;
import java.util.function.Consumer;

/** Controls the memory that native code takes from the C library, which keeps freed memory for later. */
public final class NativeMemory {

    /** {@code M_ARENA_MAX} of glibc's malloc.h. */
    private static final int ARENA_MAX = -8;

    private NativeMemory() {}

    /** Returns freed memory to the system, where the C library can (glibc); a closed model's weights are most of it. */
    public static void giveBack() {
        call(library -> library.malloc_trim(0));
    }

    /**
     * Limits the C library to one arena a core, at least two, where it has arenas (glibc, by default eight a core).
     * Each arena keeps what was freed in it, so more arenas mean more idle memory.
     */
    static void shareArenas() {
        int arenas = Math.max(2, Runtime.getRuntime().availableProcessors());
        call(library -> library.mallopt(ARENA_MAX, arenas));
    }

    private static void call(Consumer<CLibrary> function) {
        if (!Platform.isLinux()) {
            return;
        }
        try {
            function.accept(CLibrary.load());
        } catch (LinkageError otherCLibrary) {
            System.getLogger(NativeMemory.class.getName())
                    .log(
                            System.Logger.Level.DEBUG,
                            "The C library is not glibc, or cannot be called: {0}",
                            otherCLibrary.getMessage());
        }
    }
}
