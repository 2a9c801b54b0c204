package dev.embedding.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.embedding.MicrosecondsBenchmark;
import dev.embedding.SampleTexts;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;

/** Bodies of requests to the texts that they ask for. */
public class RequestParsingBenchmark extends MicrosecondsBenchmark {

    private final SampleTexts samples = new SampleTexts();
    private final byte[] oneShortText = body(List.of("How do I reset my password?"));
    private final byte[] thousandTexts = body(samples.texts(1_000, 600));
    private final byte[] thousandTextsBeyondLatin =
            body(samples.texts(1_000, 600).stream().map(text -> "日本語 " + text).toList());

    @Benchmark
    public Object oneShortText() {
        return EmbedBody.parse(oneShortText);
    }

    @Benchmark
    public Object thousandTexts() {
        return EmbedBody.parse(thousandTexts);
    }

    @Benchmark
    public Object thousandTextsBeyondLatin() {
        return EmbedBody.parse(thousandTextsBeyondLatin);
    }

    private static byte[] body(List<String> texts) {
        try {
            return new ObjectMapper().writeValueAsBytes(Map.of("texts", texts));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
