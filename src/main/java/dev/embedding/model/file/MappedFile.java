package dev.embedding.model.file;

import com.sun.jna.LastErrorException;
import com.sun.jna.Pointer;
import dev.embedding.support.CLibrary;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file of any size, mapped into memory for reading until it is closed; no part may be read after that. Java's own
 * mappings end at 2 GB, and last until they are collected.
 */
final class MappedFile implements AutoCloseable {

    private static final int READ = 1;
    private static final int SHARED = 1;
    private static final int READ_ONLY = 0;
    private static final int DO_NOT_NEED = 4;

    private final CLibrary library;
    private final Pointer start;
    private final long bytes;

    private MappedFile(CLibrary library, Pointer start, long bytes) {
        this.library = library;
        this.start = start;
        this.bytes = bytes;
    }

    /** @throws IOException when the file is empty, or cannot be mapped */
    static MappedFile open(Path file) throws IOException {
        CLibrary library = CLibrary.load();
        long bytes = Files.size(file);
        try {
            int descriptor = library.open(file.toString(), READ_ONLY);
            try {
                Pointer start = library.mmap(Pointer.NULL, bytes, READ, SHARED, descriptor, 0);
                if (Pointer.nativeValue(start) == -1) {
                    throw new IOException(file.getFileName() + " cannot be mapped into memory");
                }
                return new MappedFile(library, start, bytes);
            } finally {
                int unused = library.close(descriptor);
            }
        } catch (LastErrorException failure) {
            throw new IOException(
                    file.getFileName() + " cannot be mapped into memory: " + failure.getMessage(), failure);
        }
    }

    /** A part of at most 2 GB. */
    ByteBuffer part(long offset, long length) {
        if (offset < 0 || length < 0 || offset > bytes - length) {
            throw new IndexOutOfBoundsException("The file has no bytes " + offset + " to " + (offset + length));
        }
        return start.getByteBuffer(offset, length).order(ByteOrder.nativeOrder());
    }

    /** Gives its pages back to the system's file cache; they return when they are read again. */
    void giveBack() {
        int unused = library.madvise(start, bytes, DO_NOT_NEED);
    }

    @Override
    public void close() {
        int unused = library.munmap(start, bytes);
    }
}
