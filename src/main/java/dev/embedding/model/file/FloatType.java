package dev.embedding.model.file;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** The float types of a safetensors file that vectors are read from, under the format's names. */
enum FloatType {
    F32(Float.BYTES),
    F16(Short.BYTES),
    BF16(Short.BYTES),
    F64(Double.BYTES);

    private final int bytes;

    FloatType(int bytes) {
        this.bytes = bytes;
    }

    /** Finds a type by the format's name. */
    static Optional<FloatType> byName(String name) {
        return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
    }

    int bytes() {
        return bytes;
    }

    /** The value that starts at a byte of a buffer. */
    float read(ByteBuffer content, int start) {
        return switch (this) {
            case F32 -> content.getFloat(start);
            case F16 -> ofHalf(content.getShort(start));
            case BF16 -> ofBrainHalf(content.getShort(start));
            case F64 -> (float) content.getDouble(start);
        };
    }

    private static float ofHalf(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = (half >> 10) & 0x1f;
        int fraction = half & 0x3ff;
        if (exponent == 0) {
            float value = fraction * 0x1p-24f;
            return sign == 0 ? value : -value;
        }
        int bits = exponent == 0x1f ? 0x7f800000 : (exponent + 112) << 23;
        return Float.intBitsToFloat(sign | bits | fraction << 13);
    }

    private static float ofBrainHalf(short half) {
        return Float.intBitsToFloat(half << Short.SIZE);
    }
}
