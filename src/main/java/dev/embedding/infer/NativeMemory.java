package dev.embedding.infer;

import com.sun.jna.Platform;

/** Memory that native code has freed and the C library keeps for later. */
final class NativeMemory {

    private NativeMemory() {}

    /** Gives it back to the system, where the C library can (glibc); a closed model's weights are most of it. */
    static void giveBack() {
        if (!Platform.isLinux()) {
            return;
        }
        try {
            CLibrary.load().malloc_trim(0);
        } catch (UnsatisfiedLinkError otherCLibrary) {
            System.getLogger(NativeMemory.class.getName())
                    .log(System.Logger.Level.DEBUG, "The C library has no malloc_trim");
        }
    }
}
