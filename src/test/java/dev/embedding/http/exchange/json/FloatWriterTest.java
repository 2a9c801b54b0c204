package dev.embedding.http.exchange.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FloatWriterTest {

    private static final JsonFactory JACKSON = JsonFactory.builder()
            .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
            .build();

    private final Random random = new Random(7);

    @Test
    void writesTheDigitsOfJacksonForFloatsOfAllKinds() throws IOException {
        float[] floats = new float[1_000_000];
        for (int index = 0; index < floats.length; index++) {
            floats[index] = Float.intBitsToFloat(random.nextInt());
        }

        assertThat(written(floats)).isEqualTo(byJackson(floats));
    }

    @Test
    void writesTheDigitsOfJacksonForComponentsOfVectors() throws IOException {
        float[] floats = new float[1_000_000];
        for (int index = 0; index < floats.length; index++) {
            floats[index] = (float) (random.nextGaussian() * Math.pow(10, -8 * random.nextDouble()));
        }

        assertThat(written(floats)).isEqualTo(byJackson(floats));
    }

    @Test
    void writesTheDigitsOfJacksonForFewDigits() throws IOException {
        List<Float> few = new ArrayList<>();
        for (int places = -9; places <= 9; places++) {
            for (int digits = -2_000; digits <= 2_000; digits++) {
                few.add(Float.parseFloat(digits + "E" + places));
            }
        }
        float[] floats = array(few);

        assertThat(written(floats)).isEqualTo(byJackson(floats));
    }

    @Test
    void writesTheDigitsOfJacksonAroundEveryPowerOfTwoAndTen() throws IOException {
        List<Float> near = new ArrayList<>();
        for (int exponent = 0; exponent < 256; exponent++) {
            addNeighbours(near, exponent << 23);
        }
        for (int power = -45; power <= 38; power++) {
            addNeighbours(near, Float.floatToRawIntBits(Float.parseFloat("1E" + power)));
        }
        float[] floats = array(near);

        assertThat(written(floats)).isEqualTo(byJackson(floats));
    }

    private static void addNeighbours(List<Float> floats, int bits) {
        IntStream.rangeClosed(bits - 200, bits + 200).forEach(near -> {
            floats.add(Float.intBitsToFloat(near));
            floats.add(-Float.intBitsToFloat(near));
        });
    }

    private static float[] array(List<Float> values) {
        float[] floats = new float[values.size()];
        for (int index = 0; index < floats.length; index++) {
            floats[index] = values.get(index);
        }
        return floats;
    }

    private static String written(float[] floats) {
        return new String(new VectorJson(16).append(floats).toBytes(), StandardCharsets.US_ASCII);
    }

    private static String byJackson(float[] floats) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JACKSON.createGenerator(text)) {
            json.writeStartArray();
            for (float number : floats) {
                json.writeNumber(number);
            }
            json.writeEndArray();
        }
        return text.toString();
    }
}
