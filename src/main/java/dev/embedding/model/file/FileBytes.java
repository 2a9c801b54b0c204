package dev.embedding.model.file;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * A file's content in off-heap memory, which is freed on close. A memory mapping would last until the next garbage
 * collection, and count as this process's memory until then. The bytes must not be read after closing.
 */
public final class FileBytes implements AutoCloseable {

    private final long address;
    private final ByteBuffer bytes;

    private FileBytes(long address, ByteBuffer bytes) {
        this.address = address;
        this.bytes = bytes;
    }

    public static FileBytes read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            int size = Math.toIntExact(channel.size());
            long address = Native.malloc(Math.max(1, size));
            if (address == 0) {
                throw new IOException("There is no memory for the " + size + " bytes of " + file.getFileName());
            }
            FileBytes content = new FileBytes(address, new Pointer(address).getByteBuffer(0, size));
            try {
                content.fillFrom(channel, file);
                return content;
            } catch (IOException | RuntimeException failure) {
                content.close();
                throw failure;
            }
        }
    }

    private void fillFrom(FileChannel channel, Path file) throws IOException {
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw new EOFException(file.getFileName() + " became shorter while it was read");
            }
        }
        bytes.flip();
    }

    public ByteBuffer bytes() {
        return bytes;
    }

    @Override
    public void close() {
        Native.free(address);
    }
}
