package dev.embedding.model.file;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes the content of safetensors files. */
public final class SafetensorsFile {

    private SafetensorsFile() {}

    /** @param header JSON, or invalid text */
    public static byte[] of(String header, byte[] data) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer content =
                ByteBuffer.allocate(Long.BYTES + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        content.putLong(text.length).put(text).put(data);
        return content.array();
    }
}
