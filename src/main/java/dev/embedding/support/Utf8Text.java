package dev.embedding.support;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * Text as UTF-8 bytes in the arrays into which it was received. It takes no memory besides its bytes, whatever its size
 * and script: only the parts that are read become strings. Lone surrogates, which JSON can escape, are encoded as the
 * three bytes that UTF-8 would give them (WTF-8). Immutable, as long as nobody changes the arrays.
 */
public final class Utf8Text {

    /** End of a text, for {@link CodePoints#next}. */
    public static final int END = -1;

    private final List<Piece> pieces;
    private final int length;

    /** @param pieces one after the other; a character may begin in one and end in the next */
    public Utf8Text(List<Piece> pieces) {
        this.pieces = List.copyOf(pieces);
        int bytes = 0;
        for (Piece piece : this.pieces) {
            bytes = Math.addExact(bytes, piece.length());
        }
        this.length = bytes;
    }

    /** Bytes of an array from {@code start} up to, and without, {@code end}. */
    public record Piece(byte[] bytes, int start, int end) {
        int length() {
            return end - start;
        }
    }

    public static Utf8Text of(String text) {
        byte[] bytes = encode(text);
        return new Utf8Text(List.of(new Piece(bytes, 0, bytes.length)));
    }

    private static byte[] encode(String text) {
        byte[] bytes = new byte[lengthOf(text)];
        int at = 0;
        for (int index = 0; index < text.length(); ) {
            int character = text.codePointAt(index);
            at = encode(character, bytes, at);
            index += Character.charCount(character);
        }
        return bytes;
    }

    /** Writes a code point, which may be a lone surrogate; returns the position after its bytes. */
    public static int encode(int character, byte[] bytes, int start) {
        int at = start;
        if (character < 0x80) {
            bytes[at++] = (byte) character;
            return at;
        }
        if (character < 0x800) {
            bytes[at++] = (byte) (0xC0 | character >> 6);
        } else {
            if (character < 0x10000) {
                bytes[at++] = (byte) (0xE0 | character >> 12);
            } else {
                bytes[at++] = (byte) (0xF0 | character >> 18);
                bytes[at++] = (byte) (0x80 | character >> 12 & 0x3F);
            }
            bytes[at++] = (byte) (0x80 | character >> 6 & 0x3F);
        }
        bytes[at++] = (byte) (0x80 | character & 0x3F);
        return at;
    }

    /** Length in bytes of a string in this encoding. */
    public static int lengthOf(String text) {
        int bytes = 0;
        for (int index = 0; index < text.length(); ) {
            int character = text.codePointAt(index);
            bytes = Math.addExact(bytes, character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4);
            index += Character.charCount(character);
        }
        return bytes;
    }

    /** Length in bytes. */
    public int length() {
        return length;
    }

    /** This text with another prepended. */
    public Utf8Text behind(String start) {
        if (start.isEmpty()) {
            return this;
        }
        List<Piece> both = new ArrayList<>(of(start).pieces);
        both.addAll(pieces);
        return new Utf8Text(both);
    }

    /**
     * Part of the text, by offsets in bytes.
     *
     * @param from where a character begins
     * @param to where one ends; exclusive
     */
    public Utf8Text slice(int from, int to) {
        if (from < 0 || to < from || to > length) {
            throw new IndexOutOfBoundsException(from + " to " + to + " of " + length + " bytes");
        }
        List<Piece> parts = new ArrayList<>(1);
        int before = 0;
        for (Piece piece : pieces) {
            int start = Math.max(from - before, 0);
            int end = Math.min(to - before, piece.length());
            if (start < end) {
                parts.add(new Piece(piece.bytes(), piece.start() + start, piece.start() + end));
            }
            before += piece.length();
        }
        return new Utf8Text(parts);
    }

    /** Beginning of the text: at most so many UTF-16 units, and never half of a surrogate pair. */
    public String head(int characters) {
        int most = Math.min(characters, length);
        if (isAscii(most)) {
            Piece first = pieces.get(0);
            return new String(first.bytes(), first.start(), most, StandardCharsets.ISO_8859_1);
        }
        char[] decoded = new char[most];
        int count = 0;
        CodePoints codePoints = codePoints();
        for (int next = codePoints.next(); next != END; next = codePoints.next()) {
            int units = Character.charCount(next);
            if (units > decoded.length - count) {
                break;
            }
            count += Character.toChars(next, decoded, count);
        }
        return new String(decoded, 0, count);
    }

    /** Whether the first {@code count} bytes are ASCII and in one piece. */
    private boolean isAscii(int count) {
        if (pieces.isEmpty() || pieces.get(0).length() < count) {
            return false;
        }
        Piece first = pieces.get(0);
        for (int index = 0; index < count; index++) {
            if (first.bytes()[first.start() + index] < 0) {
                return false;
            }
        }
        return true;
    }

    /** Offset of the first byte of the character that the byte at this offset belongs to. */
    public int startOfCharacter(int offset) {
        int before = 0;
        int start = 0;
        for (Piece piece : pieces) {
            for (int at = Math.max(0, offset - 3 - before); at < piece.length() && at <= offset - before; at++) {
                if ((piece.bytes()[piece.start() + at] & 0xC0) != 0x80) {
                    start = before + at;
                }
            }
            before += piece.length();
        }
        return start;
    }

    /** Iterates over the code points from the beginning. */
    public CodePoints codePoints() {
        return new CodePoints();
    }

    /** Position in the text, before a code point or at the end. */
    public final class CodePoints {
        private int piece = -1;
        private byte[] bytes = {};
        private int at;
        private int end;
        private int position;

        /** The next code point, which may be a lone surrogate; {@link #END} at the end. */
        public int next() {
            int first = nextByte();
            if (first >= 0 || position > length) {
                return first;
            }
            int bits = first & 0xFF;
            if (bits < 0xE0) {
                return (bits & 0x1F) << 6 | rest();
            }
            if (bits < 0xF0) {
                return (bits & 0x0F) << 12 | rest() << 6 | rest();
            }
            return (bits & 0x07) << 18 | rest() << 12 | rest() << 6 | rest();
        }

        /** Offset in bytes. */
        public int position() {
            return Math.min(position, length);
        }

        private int rest() {
            return nextByte() & 0x3F;
        }

        /** The next byte; {@link #END} beyond the end, where the position is beyond the length. */
        private int nextByte() {
            while (at == end) {
                if (piece + 1 >= pieces.size()) {
                    position = length + 1;
                    return END;
                }
                Piece next = pieces.get(++piece);
                bytes = next.bytes();
                at = next.start();
                end = next.end();
            }
            position++;
            return bytes[at++];
        }
    }

    /** Feeds the text's bytes to a hash. */
    public void update(MessageDigest digest) {
        for (Piece piece : pieces) {
            digest.update(piece.bytes(), piece.start(), piece.length());
        }
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof Utf8Text text) || text.length != length) {
            return false;
        }
        CodePoints ours = codePoints();
        CodePoints theirs = text.codePoints();
        int next = ours.next();
        while (next == theirs.next()) {
            if (next == END) {
                return true;
            }
            next = ours.next();
        }
        return false;
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (Piece piece : pieces) {
            for (int index = piece.start(); index < piece.end(); index++) {
                hash = 31 * hash + piece.bytes()[index];
            }
        }
        return hash;
    }

    /** The whole text as a string. */
    @Override
    public String toString() {
        return head(Integer.MAX_VALUE);
    }
}
