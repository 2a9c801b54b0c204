package dev.embedding.tokenize;

/** Settings that the native tokenizer library reads when it is first used. */
final class TokenizerLibrary {

    private TokenizerLibrary() {}

    /** Must come before the library's first use: without it, it downloads another build on machines with a GPU. */
    static void prepare() {
        setIfAbsent("RUST_FLAVOR", "cpu");
        setIfAbsent("ai.djl.offline", "true");
    }

    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
