package dev.embedding.infer.quantize;

import dev.embedding.model.file.ModelWeights.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file of tensors that is written, each beginning at a page, so that it can be mapped. Writing is thread-safe. */
final class WeightsFile implements AutoCloseable {

    private static final long PAGE = 4096;

    private final FileChannel channel;
    private long end;

    private WeightsFile(FileChannel channel) {
        this.channel = channel;
    }

    /** @param file created; it must not exist */
    static WeightsFile create(Path file) throws IOException {
        return new WeightsFile(FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    }

    /** Reserves room for a tensor; returns where it begins. */
    long allocate(long bytes) {
        long start = end;
        end = (start + bytes + PAGE - 1) / PAGE * PAGE;
        return start;
    }

    void write(ByteBuffer content, long start) throws IOException {
        long place = start;
        while (content.hasRemaining()) {
            place += channel.write(content, place);
        }
    }

    /** Copies a tensor as it is; returns where it begins. */
    long copy(Tensor tensor) throws IOException {
        long start = allocate(tensor.bytes());
        try (FileChannel source = FileChannel.open(tensor.file())) {
            long copied = 0;
            while (copied < tensor.bytes()) {
                channel.position(start + copied);
                long count = source.transferTo(tensor.start() + copied, tensor.bytes() - copied, channel);
                if (count <= 0) {
                    throw new IOException(tensor.file().getFileName() + " became shorter while it was read");
                }
                copied += count;
            }
        }
        return start;
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            channel.force(true);
        }
    }
}
