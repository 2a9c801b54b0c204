package dev.embedding.http;

import java.util.Arrays;

/** Bytes of a JSON text that consists of vectors for the most part; grows when it must. */
final class VectorText {

    private byte[] bytes;
    private int length;

    /** @param expected how many bytes it will have, about */
    VectorText(int expected) {
        bytes = new byte[expected];
    }

    VectorText append(byte[] text) {
        ensureRoom(text.length);
        System.arraycopy(text, 0, bytes, length, text.length);
        length += text.length;
        return this;
    }

    VectorText append(char ascii) {
        ensureRoom(1);
        bytes[length++] = (byte) ascii;
        return this;
    }

    /** Appends the vector, of at least one component, as an array of numbers. */
    VectorText append(float[] vector) {
        ensureRoom(vector.length * (FloatWriter.MOST_BYTES + 1) + 1);
        byte[] target = bytes;
        int at = length;
        char before = '[';
        for (float component : vector) {
            target[at] = (byte) before;
            at = FloatWriter.write(component, target, at + 1);
            before = ',';
        }
        target[at] = ']';
        length = at + 1;
        return this;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    private void ensureRoom(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length + bytes.length / 2));
        }
    }
}
