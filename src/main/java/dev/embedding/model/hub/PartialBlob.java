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
 * A file on its way: {@code blobs/<etag>.incomplete}, of which a prefix is there, and the hash of that prefix.
 *
 * <p>Bytes are written where they belong and the file is never made shorter on the way. So even where the lock fails (on
 * file systems that grant it to everybody), two writers put the same bytes to the same places.
 */
final class PartialBlob implements AutoCloseable {

    /** Writes a part of the bytes at a position and returns their number; tests replace it. */
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

    /** Takes up what an earlier attempt left, reading it once for the hash. */
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

    /** Bytes that are there. */
    long position() {
        return position;
    }

    boolean isFull() {
        return position >= file.size();
    }

    boolean isVerifiable() {
        return digest.isKnown();
    }

    /** Forgets what is there; the bytes are written over. */
    void restart() {
        position = 0;
        digest = new BlobDigest(file);
    }

    /** Writes as many as belong to the file and says how many; the rest is not looked at. */
    int append(ByteBuffer bytes) throws IOException {
        ByteBuffer wanted = bytes.duplicate();
        wanted.limit(wanted.position() + (int) Math.min(wanted.remaining(), file.size() - position));
        int length = wanted.remaining();
        digest.update(wanted);
        while (wanted.hasRemaining()) {
            position += writer.write(channel, wanted, position);
        }
        return length;
    }

    /** To be called once, when it is full. */
    boolean isIntact() {
        return digest.matches();
    }

    /** Makes the whole file durable and then visible under its name. */
    void keepAs(Path blob) throws IOException {
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
