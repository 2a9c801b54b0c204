package dev.embedding.support.config;

import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import java.math.BigInteger;
import org.eclipse.microprofile.config.spi.Converter;
import org.jspecify.annotations.Nullable;

/** Converters of numbers of bytes, as {@code 64M} or {@code 2G}. */
public final class Sizes {

    private static final MemorySizeConverter ANY = new MemorySizeConverter();

    private Sizes() {}

    /** Accepts a byte or more. */
    public static final class Positive implements Converter<MemorySize> {
        @Override
        public MemorySize convert(String text) {
            return atLeast(1, text);
        }
    }

    /** Accepts 0 too. */
    public static final class OrZero implements Converter<MemorySize> {
        @Override
        public MemorySize convert(String text) {
            return atLeast(0, text);
        }
    }

    /** Accepts a byte or more, and a blank, which means that the size is not set. */
    public static final class OrUnset implements Converter<MemorySize> {
        @Override
        public @Nullable MemorySize convert(String text) {
            return text.isBlank() ? null : atLeast(1, text);
        }
    }

    private static MemorySize atLeast(long least, String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("must be a size, not a blank");
        }
        MemorySize size = ANY.convert(text.strip());
        BigInteger bytes = size.asBigInteger();
        if (bytes.compareTo(BigInteger.valueOf(least)) < 0 || bytes.bitLength() >= Long.SIZE) {
            throw new IllegalArgumentException("must be from " + least + " to " + Long.MAX_VALUE + " bytes");
        }
        return size;
    }
}
