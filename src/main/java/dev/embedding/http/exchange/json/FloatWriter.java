package dev.embedding.http.exchange.json;

import com.fasterxml.jackson.core.io.NumberOutput;
import java.nio.charset.StandardCharsets;

/**
 * Writes 32-bit floats with the fewest digits that read back as the same float, the nearest of them to the float: the
 * digits and the format of Jackson's fast writer.
 *
 * <p>A float of {@code significand * 2^exponent} stands for all numbers that are at most half of {@code 2^exponent}
 * away, the bounds included when the significand is even. {@code decimals} is the least number of decimals whose last
 * place is not larger than that interval, so there is a number of so many decimals in it, and at most one that has
 * fewer. For the magnitudes of vectors' components all of this is exact in 64 bits; the other floats are left to
 * Jackson.
 */
final class FloatWriter {

    /** A sign, nine digits, their point and an exponent such as {@code E-38}. */
    static final int MOST_BYTES = 15;

    private static final int FRACTION_BITS = 23;
    private static final int FRACTION = (1 << FRACTION_BITS) - 1;
    private static final int LEAST_EXPONENT = -49;
    private static final int MOST_EXPONENT = -1;
    private static final int PLAIN_DECIMALS = 3;

    private static final byte[] DECIMALS = new byte[-LEAST_EXPONENT + 1];
    private static final long[] FIVES = powers(5);
    private static final long[] TENS = powers(10);

    static {
        for (int exponent = LEAST_EXPONENT; exponent <= MOST_EXPONENT; exponent++) {
            DECIMALS[-exponent] = (byte) Math.ceil(-exponent * Math.log10(2));
        }
    }

    private FloatWriter() {}

    private static long[] powers(long base) {
        long[] powers = new long[16];
        powers[0] = 1;
        for (int power = 1; power < powers.length; power++) {
            powers[power] = powers[power - 1] * base;
        }
        return powers;
    }

    /**
     * @param bytes with room for {@link #MOST_BYTES} at the position
     * @return the position after the number
     */
    static int write(float value, byte[] bytes, int position) {
        int bits = Float.floatToRawIntBits(value);
        int exponent = (bits >>> FRACTION_BITS & 0xFF) - 150;
        int fraction = bits & FRACTION;
        if (exponent < LEAST_EXPONENT || exponent > MOST_EXPONENT || fraction == 0) {
            return writeOther(value, bytes, position); // the interval below a power of two is smaller
        }
        int at = position;
        if (bits < 0) {
            bytes[at++] = '-';
        }
        return writeDigits(fraction | FRACTION + 1, exponent, bytes, at);
    }

    private static int writeOther(float value, byte[] bytes, int position) {
        String number = NumberOutput.toString(value, true);
        byte[] text = (Float.isFinite(value) ? number : '"' + number + '"').getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(text, 0, bytes, position, text.length);
        return position + text.length;
    }

    private static int writeDigits(int significand, int exponent, byte[] bytes, int at) {
        int decimals = DECIMALS[-exponent];
        int shift = 2 - exponent - decimals;
        long scaled = 4L * significand * FIVES[decimals]; // the float, in units of 10^-decimals * 2^-shift
        long distance = 2 * FIVES[decimals] - (significand & 1); // how far the digits may be from it
        int digits = (int) (scaled >>> shift);
        int rounded = digits / 10 * 10;
        long above = scaled - ((long) rounded << shift);
        if (above > distance) {
            if ((10L << shift) - above > distance) {
                return writePlaces(nearest(scaled, shift, digits), decimals, bytes, at);
            }
            rounded += 10;
        }
        digits = rounded;
        while (decimals > 1 && digits % 10 == 0) {
            digits /= 10;
            decimals--;
        }
        return writePlaces(digits, decimals, bytes, at);
    }

    /** Rounds to these digits or the next, to the even ones in a tie. */
    private static int nearest(long scaled, int shift, int digits) {
        long above = scaled - ((long) digits << shift);
        long half = 1L << shift - 1;
        return above > half || above == half && (digits & 1) == 1 ? digits + 1 : digits;
    }

    private static int writePlaces(int digits, int decimals, byte[] bytes, int at) {
        if (decimals > PLAIN_DECIMALS && digits < TENS[decimals - PLAIN_DECIMALS]) {
            return writeScientific(digits, decimals, bytes, at);
        }
        int fraction = digits;
        int point = at + 1;
        if (digits < TENS[decimals]) {
            bytes[at] = '0';
        } else {
            int whole = (int) (digits / TENS[decimals]);
            fraction = (int) (digits % TENS[decimals]);
            point = at + length(whole);
            writeRight(whole, bytes, at, point);
        }
        bytes[point] = '.';
        writeRight(fraction, bytes, point + 1, point + 1 + decimals);
        return point + 1 + decimals;
    }

    private static int writeScientific(int digits, int decimals, byte[] bytes, int at) {
        int length = length(digits);
        int end = at + 1 + Math.max(2, length);
        bytes[at + 2] = '0'; // stays when there is one digit
        writeRight(digits, bytes, at + 1, at + 1 + length);
        bytes[at] = bytes[at + 1];
        bytes[at + 1] = '.';
        bytes[end] = 'E';
        bytes[end + 1] = '-';
        bytes[end + 2] = (byte) ('0' + decimals - length + 1);
        return end + 3;
    }

    /** Fills the places with the number, zeros before it. */
    private static void writeRight(int number, byte[] bytes, int from, int to) {
        int left = number;
        for (int place = to - 1; place >= from; place--) {
            int shorter = left / 10;
            bytes[place] = (byte) ('0' + left - shorter * 10);
            left = shorter;
        }
    }

    private static int length(int number) {
        int length = 1;
        while (number >= TENS[length]) {
            length++;
        }
        return length;
    }
}
