package dev.embedding.model.hub;

import dev.embedding.support.FileReplacement;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * An incomplete download: {@code blobs/<etag>.incomplete}, which holds a prefix of the file, and the hash of that
 * prefix.
 *
 * <p>Bytes are written at their final offset, and the file is never truncated during the download. So even where the
 * lock fails (on file systems that grant it to everybody), two writers write the same bytes at the same offsets.
 */
final class PartialBlob implements AutoCloseable {

    /** Writes some of the bytes at a position and returns how many; tests replace the channel's. */
    @FunctionalInterface
    interface Writer {
        int write(FileChannel channel, ByteBuffer bytes, long position) throws IOException;
    }

    private static final int BUFFER = 1 << 20;

    private final Path path;
    private final RemoteFile file;
    private final Writer writer;
    private final FileChannel channel;
    private BlobDigest digest;
    private long position;

    private PartialBlob(Path path, RemoteFile file, Writer writer, FileChannel channel) {
        this.path = path;
        this.file = file;
        this.writer = writer;
        this.channel = channel;
        this.digest = new BlobDigest(file);
    }

    /** Opens what an earlier attempt left, to resume it, and reads it once for the hash. */
    static PartialBlob open(Path path, RemoteFile file, Writer writer) throws IOException {
        if (Files.exists(path) && Files.size(path) > file.size()) {
            Files.delete(path);
        }
        FileChannel channel =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        PartialBlob partial = new PartialBlob(path, file, writer, channel);
        try {
            partial.readPrefix();
            return partial;
        } catch (IOException | RuntimeException failure) {
            channel.close();
            throw failure;
        }
    }

    private void readPrefix() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        while (!isFull() && channel.read(buffer.clear(), position) > 0) {
            buffer.flip().limit((int) Math.min(buffer.limit(), file.size() - position));
            digest.update(buffer);
            position += buffer.remaining();
        }
    }

    /** Number of bytes that are there. */
    long position() {
        return position;
    }

    boolean isFull() {
        return position >= file.size();
    }

    boolean isVerifiable() {
        return digest.isKnown();
    }

    /** Starts again from the beginning; the bytes are overwritten. */
    void restart() {
        position = 0;
        digest = new BlobDigest(file);
    }

    /** Writes the bytes that belong to the file and returns how many; the rest is ignored. */
    int append(ByteBuffer bytes) throws IOException {
        ByteBuffer remaining = bytes.duplicate();
        remaining.limit(remaining.position() + (int) Math.min(remaining.remaining(), file.size() - position));
        int length = remaining.remaining();
        digest.update(remaining);
        while (remaining.hasRemaining()) {
            position += writer.write(channel, remaining, position);
        }
        return length;
    }

    /** Whether the hash is the expected one. Must be called once, when the file is full. */
    boolean isIntact() {
        return digest.matches();
    }

    /** Makes the complete file durable and then visible under its name. */
    void moveTo(Path blob) throws IOException {
        channel.truncate(file.size());
        channel.force(true);
        channel.close();
        try {
            FileReplacement.rename(path, blob);
        } catch (NoSuchFileException movedByAnother) {
            if (!Files.exists(blob)) {
                throw movedByAnother;
            }
        }
    }

    void discard() throws IOException {
        channel.close();
        Files.deleteIfExists(path);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
