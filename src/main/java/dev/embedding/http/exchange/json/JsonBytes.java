package dev.embedding.http.exchange.json;

import dev.embedding.support.Utf8Text;
import java.util.ArrayList;
import java.util.List;

/**
 * Cursor over the bytes of a body, followed by a second cursor that writes: decoded escapes are shorter than their
 * source, so texts are decoded in place.
 */
public final class JsonBytes {

    static final int END = -1;

    private final List<byte[]> segments;
    private final int length;
    private final Runnable checkpoint;
    private int segment;
    private byte[] bytes;
    private int at;
    private int end;
    private int before;

    /** Bytes read so far that do not begin a character. */
    private int continuations;

    // The current or last text: its start and end, and whether its end is behind the cursor.
    private int textSegment;
    private int textStart;
    private int lastSegment;
    private int lastEnd;
    private boolean moved;

    /**
     * @param segments of which the last may be longer than its content
     * @param checkpoint called between two segments; may throw to abort the reading
     */
    public JsonBytes(List<byte[]> segments, int length, Runnable checkpoint) {
        this.segments = segments;
        this.length = length;
        this.checkpoint = checkpoint;
        this.bytes = segments.isEmpty() ? new byte[0] : segments.get(0);
        this.end = Math.min(bytes.length, length);
    }

    void skipByteOrderMark() {
        if (peek() == 0xEF) {
            beginText();
            readCharacter();
            endText();
            if (!text().equals(Utf8Text.of("\uFEFF"))) {
                throw fault(0, "Expecting value");
            }
            continuations++;
        }
    }

    /** The next byte, from 0 to 255, without reading it; {@link #END} at the end. */
    int peek() {
        return at < end ? bytes[at] & 0xFF : peekBeyond();
    }

    private int peekBeyond() {
        return advance() ? bytes[at] & 0xFF : END;
    }

    /** Reads one byte that is not part of a text. */
    void skip() {
        at++;
    }

    private boolean advance() {
        if (before + at >= length) {
            return false;
        }
        checkpoint.run();
        before += bytes.length;
        bytes = segments.get(++segment);
        at = 0;
        end = Math.min(bytes.length, length - before);
        return true;
    }

    /** Reads on to the next quote, backslash, control character or character beyond ASCII of a text. */
    void readPlain() {
        int index = at;
        while (index < end && bytes[index] >= ' ' && bytes[index] != '"' && bytes[index] != '\\') {
            index++;
        }
        if (moved) {
            write(bytes, at, index);
        }
        at = index;
    }

    /** Reads on to the next character beyond ASCII, or to the end. */
    private void readAscii() {
        while (at < end || advance()) {
            if (bytes[at] < 0) {
                return;
            }
            at++;
        }
    }

    /** Marks the next byte as the beginning of a text. */
    void beginText() {
        textSegment = segment;
        textStart = at;
        moved = false;
    }

    /** Ends the unchanged part of the text; from here on it consists of the bytes that are written. */
    void beginWriting() {
        if (!moved) {
            moved = true;
            lastSegment = segment;
            lastEnd = at;
        }
    }

    /** Reads one byte, which is part of the text. */
    private void readOne() {
        if (moved) {
            write(bytes[at]);
        }
        at++;
    }

    /** Overwrites a byte that has been read. */
    void write(int value) {
        writtenTo()[lastEnd++] = (byte) value;
    }

    private byte[] writtenTo() {
        if (lastEnd == segments.get(lastSegment).length) {
            lastSegment++;
            lastEnd = 0;
        }
        return segments.get(lastSegment);
    }

    private void write(byte[] source, int from, int to) {
        for (int start = from; start < to; ) {
            byte[] target = writtenTo();
            int count = Math.min(to - start, target.length - lastEnd);
            System.arraycopy(source, start, target, lastEnd, count);
            start += count;
            lastEnd += count;
        }
    }

    /** Marks the end of the text, before the next byte. */
    void endText() {
        if (!moved) {
            lastSegment = segment;
            lastEnd = at;
        }
        moved = false;
    }

    /** The text that was read last. */
    Utf8Text text() {
        if (textSegment == lastSegment) {
            return new Utf8Text(List.of(new Utf8Text.Piece(segments.get(textSegment), textStart, lastEnd)));
        }
        List<Utf8Text.Piece> pieces = new ArrayList<>();
        for (int index = textSegment; index <= lastSegment; index++) {
            byte[] piece = segments.get(index);
            pieces.add(new Utf8Text.Piece(
                    piece, index == textSegment ? textStart : 0, index == lastSegment ? lastEnd : piece.length));
        }
        return new Utf8Text(pieces);
    }

    /**
     * Reads a multi-byte character of the text.
     *
     * @throws MalformedJsonException when the bytes are not UTF-8
     */
    void readCharacter() {
        int start = position();
        int lead = peek();
        int more = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
        int least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        int most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        if (lead < 0xC2 || lead > 0xF4) {
            throw invalidUtf8(start);
        }
        readOne();
        for (int index = 0; index < more; index++) {
            int next = peek();
            if (next < least || next > most) {
                throw invalidUtf8(start);
            }
            readOne();
            least = 0x80;
            most = 0xBF;
        }
        continuations += more;
    }

    private static MalformedJsonException invalidUtf8(int position) {
        return new MalformedJsonException(position, "Invalid UTF-8");
    }

    void skipBlanks() {
        if (peek() <= ' ') {
            skipSomeBlanks();
        }
    }

    private void skipSomeBlanks() {
        for (int next = peek(); next == ' ' || next == '\n' || next == '\r' || next == '\t'; next = peek()) {
            skip();
        }
    }

    /**
     * The next byte, without reading it.
     *
     * @throws MalformedJsonException at the end of the body
     */
    int require(String problem) {
        int next = peek();
        if (next == END) {
            throw fault(position(), problem);
        }
        return next;
    }

    /** Position of the next byte, in characters from the beginning. */
    int position() {
        return before + at - continuations;
    }

    /** Creates a fault; invalid UTF-8 after its position takes precedence. */
    MalformedJsonException fault(int position, String problem) {
        endText();
        for (readAscii(); peek() != END; readAscii()) {
            readCharacter();
        }
        return new MalformedJsonException(position, problem);
    }
}
