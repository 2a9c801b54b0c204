package dev.embedding.http.embed;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.embedding.MicrosecondsBenchmark;
import dev.embedding.SampleTexts;
import dev.embedding.http.edge.Body;
import dev.embedding.http.exchange.JsonBody;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;

/** Parses request bodies into their texts. */
public class RequestParsingBenchmark extends MicrosecondsBenchmark {

    private final SampleTexts samples = new SampleTexts();
    private final byte[] oneShortText = body(List.of("How do I reset my password?"));
    private final byte[] thousandTexts = body(samples.texts(1_000, 600));
    private final byte[] thousandTextsBeyondLatin =
            body(samples.texts(1_000, 600).stream().map(text -> "日本語 " + text).toList());

    @Benchmark
    public Object oneShortText() {
        return parse(oneShortText);
    }

    @Benchmark
    public Object thousandTexts() {
        return parse(thousandTexts);
    }

    @Benchmark
    public Object thousandTextsBeyondLatin() {
        return parse(thousandTextsBeyondLatin);
    }

    /** Makes a new body for each call, as reading changes it. */
    private static Object parse(byte[] bytes) {
        Body body = new Body(bytes.length);
        body.append(Buffer.buffer(bytes));
        return EmbedRequestBody.parse(JsonBody.of(body));
    }

    private static byte[] body(List<String> texts) {
        try {
            return new ObjectMapper().writeValueAsBytes(Map.of("texts", texts));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
