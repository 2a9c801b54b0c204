package dev.embedding.settings;

import java.util.List;
import java.util.Optional;

/** Sample settings for comparisons. */
public final class SampleSettings {

    /** The default settings. */
    public static final ServiceSettings ONE = new ServiceSettings(
            "0.0.0.0",
            8001,
            "a/model",
            "./model_cache",
            "cpu",
            true,
            32,
            List.of("*"),
            "fp32",
            Optional.empty(),
            Optional.empty(),
            "",
            "",
            List.of(),
            List.of(),
            Optional.empty());

    /** Settings that all differ from the defaults. */
    public static final ServiceSettings OTHER = new ServiceSettings(
            "127.0.0.1",
            9001,
            "b/model",
            "./cache",
            "auto",
            false,
            64,
            List.of("https://a"),
            "int8",
            Optional.of("onnx/model_O3.onnx"),
            Optional.of("lasttoken"),
            "query: ",
            "passage: ",
            List.of("b", "text-embedding-3-small"),
            List.of(128, 256),
            Optional.of("0123456789abcdef0123456789abcdef"));

    private SampleSettings() {}
}
