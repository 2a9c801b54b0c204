package dev.embedding.http.exchange.json;

import dev.embedding.support.Utf8Text;
import java.util.HexFormat;

/** Reads JSON strings and decodes their escapes in place. */
final class JsonStrings {

    private final JsonBytes in;
    private final byte[] encoded = new byte[4];

    JsonStrings(JsonBytes in) {
        this.in = in;
    }

    /**
     * Reads a string from its opening quote to its closing one; it is the cursor's text afterwards.
     *
     * @throws MalformedJsonException when it is not a valid string
     */
    void read() {
        in.skip();
        in.beginText();
        int high = 0;
        while (true) {
            int next = in.peek();
            if (next == '\\') {
                in.beginWriting();
                high = escape(high);
                continue;
            }
            writeLoneSurrogate(high);
            high = 0;
            if (next == '"') {
                in.endText();
                in.skip();
                return;
            }
            if (next == JsonBytes.END) {
                throw in.fault(in.position(), "Unterminated string");
            }
            if (next < ' ') {
                throw in.fault(in.position(), "Invalid control character");
            }
            if (next < 0x80) {
                in.readPlain();
            } else {
                in.readCharacter();
            }
        }
    }

    /**
     * Decodes an escape.
     *
     * @param high high surrogate that was escaped right before, else 0
     * @return the high surrogate of this escape, else 0
     */
    private int escape(int high) {
        int start = in.position();
        in.skip();
        int kind = in.require("Unterminated string");
        if (kind == 'u') {
            int unit = hexadecimal();
            if (high != 0 && Character.isLowSurrogate((char) unit)) {
                write(Character.toCodePoint((char) high, (char) unit));
                return 0;
            }
            writeLoneSurrogate(high);
            if (Character.isHighSurrogate((char) unit)) {
                return unit;
            }
            write(unit);
            return 0;
        }
        writeLoneSurrogate(high);
        in.skip();
        switch (kind) {
            case '"', '\\', '/' -> in.write(kind);
            case 'b' -> in.write('\b');
            case 'f' -> in.write('\f');
            case 'n' -> in.write('\n');
            case 'r' -> in.write('\r');
            case 't' -> in.write('\t');
            default -> throw in.fault(start, "Invalid \\escape");
        }
        return 0;
    }

    private int hexadecimal() {
        int start = in.position();
        in.skip();
        int unit = 0;
        for (int digit = 0; digit < 4; digit++) {
            int next = in.require("Unterminated string");
            if (!HexFormat.isHexDigit(next)) {
                throw in.fault(start, "Invalid \\uXXXX escape");
            }
            unit = unit << 4 | HexFormat.fromHexDigit(next);
            in.skip();
        }
        return unit;
    }

    private void writeLoneSurrogate(int high) {
        if (high != 0) {
            write(high);
        }
    }

    private void write(int character) {
        int length = Utf8Text.encode(character, encoded, 0);
        for (int index = 0; index < length; index++) {
            in.write(encoded[index]);
        }
    }
}
