package dev.embedding.support;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Functions of the C library, under their C names. */
public interface CLibrary extends Library {

    /**
     * Loads the library; file names are passed as the JVM itself passes them.
     *
     * @throws LinkageError when the library cannot be found or called; a missing function throws it when it is called
     */
    static CLibrary load() {
        String encoding = System.getProperty("sun.jnu.encoding", "UTF-8");
        return Native.load(Platform.C_LIBRARY_NAME, CLibrary.class, Map.of(Library.OPTION_STRING_ENCODING, encoding));
    }

    /** Ends the process at once: no hooks, and no destructors that would free memory of running code. */
    void _exit(int status);

    /** Changes the environment that native code reads. */
    int setenv(String name, String value, int overwrite);

    /** Returns free memory to the operating system; glibc only. */
    int malloc_trim(long keep);

    /** Sets a parameter of the allocator; glibc only. */
    int mallopt(int parameter, int value);

    int open(String path, int flags) throws LastErrorException;

    int flock(int file, int operation) throws LastErrorException;

    int close(int file) throws LastErrorException;

    Pointer mmap(@Nullable Pointer address, long length, int protection, int flags, int file, long offset)
            throws LastErrorException;

    int munmap(Pointer address, long length);

    int madvise(Pointer address, long length, int advice);
}
