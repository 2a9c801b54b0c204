package dev.embedding.infer;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;

/** Functions of the C library that native code shares with us, by its names. */
interface CLibrary extends Library {

    /** @throws LinkageError when it cannot be found or called; a function that it lacks fails so when it is called */
    static CLibrary load() {
        return Native.load(Platform.C_LIBRARY_NAME, CLibrary.class);
    }

    /** Ends the process at once: no hooks, no destructors that would take memory from under running code. */
    void _exit(int status);

    /** Changes the environment that native code reads. */
    int setenv(String name, String value, int overwrite);

    /** Gives free memory back to the system; glibc only. */
    int malloc_trim(long keep);

    /** Sets a parameter of the allocator; glibc only. */
    int mallopt(int parameter, int value);
}
