package dev.embedding.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8TextTest {

    private static final String SAMPLE = "ab\u00e9\u4e2d\ud83d\ude00 z";

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "\u00e9", "\u4e2d\u6587", "\ud83d\ude00", "\ud83d", "\ude00\ud83d", "a\0b"})
    void roundTripsStrings(String text) {
        assertThat(Utf8Text.of(text).toString()).isEqualTo(text);
        assertThat(Utf8Text.of(text).length()).isEqualTo(Utf8Text.lengthOf(text));
    }

    @Test
    void hasTheLengthOfUtf8() {
        assertThat(Utf8Text.of(SAMPLE).length()).isEqualTo(SAMPLE.getBytes(StandardCharsets.UTF_8).length);
    }

    @Test
    void neverSplitsACharacter() {
        Utf8Text text = Utf8Text.of(SAMPLE);

        assertThat(text.head(4)).isEqualTo("ab\u00e9\u4e2d");
        assertThat(text.head(5)).isEqualTo("ab\u00e9\u4e2d");
        assertThat(text.head(6)).isEqualTo("ab\u00e9\u4e2d\ud83d\ude00");
        assertThat(text.head(0)).isEmpty();
    }

    @Test
    void findsTheStartOfEachCharacter() {
        byte[] bytes = SAMPLE.getBytes(StandardCharsets.UTF_8);
        for (int cut = 0; cut <= bytes.length; cut++) {
            Utf8Text text = new Utf8Text(
                    List.of(new Utf8Text.Piece(bytes, 0, cut), new Utf8Text.Piece(bytes, cut, bytes.length)));

            assertThat(IntStream.range(0, bytes.length).map(text::startOfCharacter))
                    .containsExactly(0, 1, 2, 2, 4, 4, 4, 7, 7, 7, 7, 11, 12);
        }
    }

    @Test
    void iteratesOverCodePoints() {
        Utf8Text.CodePoints codePoints = Utf8Text.of("\u00e9\ud83d\ude00").codePoints();

        assertThat(codePoints.next()).isEqualTo(0xE9);
        assertThat(codePoints.position()).isEqualTo(2);
        assertThat(codePoints.next()).isEqualTo(0x1F600);
        assertThat(codePoints.position()).isEqualTo(6);
        assertThat(codePoints.next()).isEqualTo(Utf8Text.END);
        assertThat(codePoints.next()).isEqualTo(Utf8Text.END);
        assertThat(codePoints.position()).isEqualTo(6);
    }

    @Test
    void rejectsASliceOutOfBounds() {
        Utf8Text text = Utf8Text.of("abc");

        assertThatThrownBy(() -> text.slice(1, 4)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> text.slice(2, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void isIndependentOfItsPieces() throws NoSuchAlgorithmException {
        for (int seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            String string = random(random, random.nextInt(20));
            Utf8Text text = inPieces(Utf8Text.of(string), random);
            int characters = random.nextInt(25);

            assertThat(text.toString()).as("seed %d", seed).isEqualTo(string);
            assertThat(text).isEqualTo(Utf8Text.of(string)).hasSameHashCodeAs(Utf8Text.of(string));
            assertThat(text.head(characters)).as("seed %d", seed).isEqualTo(head(string, characters));
            assertThat(hash(text)).isEqualTo(hash(Utf8Text.of(string)));
            assertThat(text.behind("\ude00 x").toString()).isEqualTo("\ude00 x" + string);
            String head = head(string, characters);
            int cut = Utf8Text.lengthOf(head);
            assertThat(text.slice(0, cut).toString()).isEqualTo(head);
            assertThat(text.slice(cut, text.length()).toString()).isEqualTo(string.substring(head.length()));
        }
    }

    @Test
    void differsFromOtherTexts() {
        assertThat(Utf8Text.of("abc")).isNotEqualTo(Utf8Text.of("abd")).isNotEqualTo(Utf8Text.of("ab"));
    }

    private static byte[] hash(Utf8Text text) throws NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        text.update(digest);
        return digest.digest();
    }

    private static String head(String text, int characters) {
        int end = Math.min(characters, text.length());
        boolean cutsPair =
                end > 0 && end < text.length() && Character.isSurrogatePair(text.charAt(end - 1), text.charAt(end));
        return text.substring(0, cutsPair ? end - 1 : end);
    }

    private static String random(Random random, int characters) {
        StringBuilder text = new StringBuilder();
        for (int index = 0; index < characters; index++) {
            switch (random.nextInt(6)) {
                case 0 -> text.append((char) (0x80 + random.nextInt(0x700)));
                case 1 -> text.append((char) (0x4E00 + random.nextInt(0x100)));
                case 2 -> text.appendCodePoint(0x1F600 + random.nextInt(40));
                case 3 -> text.append((char) (0xD800 + random.nextInt(0x800)));
                default -> text.append((char) random.nextInt(0x80));
            }
        }
        return text.toString();
    }

    private static Utf8Text inPieces(Utf8Text text, Random random) throws NoSuchAlgorithmException {
        List<Utf8Text.Piece> pieces = new ArrayList<>();
        byte[] bytes = bytes(text);
        for (int start = 0; start < bytes.length; ) {
            int length = Math.min(bytes.length - start, random.nextInt(4));
            byte[] array = new byte[length + 3];
            System.arraycopy(bytes, start, array, 2, length);
            pieces.add(new Utf8Text.Piece(array, 2, 2 + length));
            start += length;
        }
        return new Utf8Text(pieces);
    }

    private static byte[] bytes(Utf8Text text) {
        byte[] bytes = new byte[text.length()];
        int at = 0;
        Utf8Text.CodePoints codePoints = text.codePoints();
        for (int next = codePoints.next(); next != Utf8Text.END; next = codePoints.next()) {
            Utf8Text one = Utf8Text.of(new String(Character.toChars(next)));
            byte[] encoded = wtf8(one, next);
            System.arraycopy(encoded, 0, bytes, at, encoded.length);
            at += encoded.length;
        }
        return bytes;
    }

    private static byte[] wtf8(Utf8Text one, int character) {
        byte[] bytes = new byte[one.length()];
        if (character >= 0xD800 && character <= 0xDFFF) {
            bytes[0] = (byte) 0xED;
            bytes[1] = (byte) (0x80 | character >> 6 & 0x3F);
            bytes[2] = (byte) (0x80 | character & 0x3F);
            return bytes;
        }
        return new String(Character.toChars(character)).getBytes(StandardCharsets.UTF_8);
    }
}
