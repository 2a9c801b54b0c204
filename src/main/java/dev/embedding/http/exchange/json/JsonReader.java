package dev.embedding.http.exchange.json;

import com.fasterxml.jackson.core.JsonToken;
import dev.embedding.support.Utf8Text;
import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * Pull parser of a body as JSON, in one pass and without copies: texts stay where they were received. The rules and the
 * positions of faults are those of Python's {@code json} module, which callers of the original service rely on: strict
 * JSON, and NaN, Infinity, -Infinity. The fault of a truncated body is at its end; invalid UTF-8 takes precedence over
 * any other fault.
 *
 * <p>Jackson has no such parser: it makes strings of all texts, in two to five times their bytes, and its positions
 * differ.
 */
public final class JsonReader {

    public static final int MAX_NESTING = 1_000;

    /** Maximum characters of a name, or of a text that can only be a name; no known name is longer. */
    private static final int LONGEST_NAME = 1_000;

    private static final int MOST_DIGITS = 9;
    private static final String NO_VALUE = "Expecting value";
    private static final String NO_NAME = "Expecting property name enclosed in double quotes";
    private static final String NO_COMMA = "Expecting ',' delimiter";

    private enum State {
        VALUE,
        FIRST_ITEM,
        FIRST_NAME,
        AFTER_VALUE,
        END
    }

    private final JsonBytes in;
    private final JsonStrings strings;
    private State state = State.VALUE;

    /** One bit for each open bracket: whether it is an object's. */
    private long[] objects = new long[1 + MAX_NESTING / Long.SIZE];

    private int depth;

    /** Whether the innermost open bracket is an object's. */
    private boolean inObject;

    private boolean readingToEnd;
    private int number;

    private final LongConsumer memory;

    /** @param memory claims bytes that are allocated beside the body; may throw when there is no room */
    public JsonReader(JsonBytes in, LongConsumer memory) {
        this.in = in;
        this.strings = new JsonStrings(in);
        this.memory = memory;
        in.skipByteOrderMark();
    }

    /** Claims memory that grows with the body; to be called before it is allocated. */
    public void claim(long bytes) {
        memory.accept(bytes);
    }

    /**
     * Reads on to the next token; {@code NOT_AVAILABLE} at the end of the document, which is the end of the body.
     *
     * @throws MalformedJsonException at the first fault
     */
    public JsonToken next() {
        return switch (state) {
            case VALUE -> {
                in.skipBlanks();
                yield value();
            }
            case FIRST_ITEM -> {
                in.skipBlanks();
                yield in.require(NO_VALUE) == ']' ? close() : value();
            }
            case FIRST_NAME -> {
                in.skipBlanks();
                yield in.require(NO_NAME) == '}' ? close() : name();
            }
            case AFTER_VALUE -> afterValue();
            case END -> JsonToken.NOT_AVAILABLE;
        };
    }

    /** Reads to the end of the document, to validate the rest of it. */
    public void readToEnd() {
        while (next() != JsonToken.NOT_AVAILABLE) {
            // Each token is validated as it is read.
        }
    }

    /** Reads to the end of an array or object that has just begun. */
    public void skipChildren(JsonToken current) {
        if (current == JsonToken.START_ARRAY || current == JsonToken.START_OBJECT) {
            int outside = depth - 1;
            while (depth > outside) {
                next();
            }
        }
    }

    /** The text, the field's name, or the number's digits that were read last. */
    public Utf8Text text() {
        return in.text();
    }

    /** Likewise as a string, truncated when it is too long to be a known name. */
    public String shortText() {
        return in.text().head(LONGEST_NAME);
    }

    /** The integer that was read last; -1 when it has more than nine digits. */
    public int intValue() {
        return number;
    }

    private JsonToken value() {
        int first = in.require(NO_VALUE);
        state = State.AFTER_VALUE;
        in.beginText();
        return switch (first) {
            case '{' -> open(true);
            case '[' -> open(false);
            case '"' -> {
                strings.read();
                yield JsonToken.VALUE_STRING;
            }
            case 't' -> word("true", in.position(), JsonToken.VALUE_TRUE);
            case 'f' -> word("false", in.position(), JsonToken.VALUE_FALSE);
            case 'n' -> word("null", in.position(), JsonToken.VALUE_NULL);
            case 'N' -> word("NaN", in.position(), JsonToken.VALUE_NUMBER_FLOAT);
            case 'I' -> word("Infinity", in.position(), JsonToken.VALUE_NUMBER_FLOAT);
            default -> number(first);
        };
    }

    private JsonToken open(boolean object) {
        in.skip();
        state = object ? State.FIRST_NAME : State.FIRST_ITEM;
        int index = depth / Long.SIZE;
        if (index == objects.length) {
            objects = Arrays.copyOf(objects, 2 * index);
        }
        long bit = 1L << depth % Long.SIZE;
        objects[index] = object ? objects[index] | bit : objects[index] & ~bit;
        depth++;
        inObject = object;
        if (depth > MAX_NESTING && !readingToEnd) {
            readingToEnd = true;
            readToEnd();
            throw new MalformedJsonException(0, "Nested more than " + MAX_NESTING + " levels deep");
        }
        return object ? JsonToken.START_OBJECT : JsonToken.START_ARRAY;
    }

    private JsonToken close() {
        in.skip();
        boolean object = inObject;
        depth--;
        inObject = depth > 0 && (objects[(depth - 1) / Long.SIZE] & 1L << (depth - 1) % Long.SIZE) != 0;
        state = State.AFTER_VALUE;
        return object ? JsonToken.END_OBJECT : JsonToken.END_ARRAY;
    }

    private JsonToken afterValue() {
        in.skipBlanks();
        if (depth == 0) {
            if (in.peek() != JsonBytes.END) {
                throw in.fault(in.position(), "Extra data");
            }
            state = State.END;
            return JsonToken.NOT_AVAILABLE;
        }
        int next = in.require(NO_COMMA);
        if (next == ',') {
            in.skip();
            in.skipBlanks();
            return inObject ? name() : value();
        }
        if (next != (inObject ? '}' : ']')) {
            throw in.fault(in.position(), NO_COMMA);
        }
        return close();
    }

    private JsonToken name() {
        if (in.require(NO_NAME) != '"') {
            throw in.fault(in.position(), NO_NAME);
        }
        strings.read();
        in.skipBlanks();
        String noColon = "Expecting ':' delimiter";
        if (in.require(noColon) != ':') {
            throw in.fault(in.position(), noColon);
        }
        in.skip();
        state = State.VALUE;
        return JsonToken.FIELD_NAME;
    }

    /** @param start position of the value, which may begin before the word */
    private JsonToken word(String word, int start, JsonToken token) {
        for (int index = 0; index < word.length(); index++) {
            if (in.peek() != word.charAt(index)) {
                throw in.fault(in.peek() == JsonBytes.END ? in.position() : start, NO_VALUE);
            }
            in.skip();
        }
        in.endText();
        return token;
    }

    private JsonToken number(int first) {
        int start = in.position();
        boolean negative = first == '-';
        if (negative) {
            in.skip();
            if (in.peek() == 'I') {
                return word("Infinity", start, JsonToken.VALUE_NUMBER_FLOAT);
            }
        }
        int digits = 0;
        if (in.peek() == '0') {
            in.skip();
            number = 0;
        } else {
            digits = digits();
            if (digits == 0) {
                throw in.fault(in.peek() == JsonBytes.END ? in.position() : start, NO_VALUE);
            }
        }
        number = digits > MOST_DIGITS ? -1 : negative ? -number : number;
        boolean integer = in.peek() <= ',' || isInteger();
        in.endText();
        return integer ? JsonToken.VALUE_NUMBER_INT : JsonToken.VALUE_NUMBER_FLOAT;
    }

    /** Reads digits and returns their count; sets {@link #number} to their value, if it is small. */
    private int digits() {
        number = 0;
        int count = 0;
        for (int next = in.peek(); next >= '0' && next <= '9'; next = in.peek()) {
            in.skip();
            count++;
            if (count <= MOST_DIGITS) {
                number = 10 * number + next - '0';
            }
        }
        return count;
    }

    private boolean isInteger() {
        boolean fraction = fraction();
        return !exponent() && !fraction;
    }

    private boolean fraction() {
        int start = in.position();
        if (in.peek() != '.') {
            return false;
        }
        in.skip();
        requireDigits(start);
        return true;
    }

    private boolean exponent() {
        int start = in.position();
        if (in.peek() != 'e' && in.peek() != 'E') {
            return false;
        }
        in.skip();
        if (in.peek() == '+' || in.peek() == '-') {
            in.skip();
        }
        requireDigits(start);
        return true;
    }

    /**
     * Without digits the number ends before {@code start}, where the next character is then a fault, unless the body
     * ends.
     */
    private void requireDigits(int start) {
        int whole = number;
        if (digits() == 0) {
            throw in.peek() == JsonBytes.END
                    ? in.fault(in.position(), "Unterminated number")
                    : in.fault(start, depth == 0 ? "Extra data" : NO_COMMA);
        }
        number = whole;
    }
}
