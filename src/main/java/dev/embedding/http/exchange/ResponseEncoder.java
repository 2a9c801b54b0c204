package dev.embedding.http.exchange;

import dev.embedding.serving.Embeddings;

/** Encodes a response with vectors. */
public interface ResponseEncoder {

    /** Estimated maximum bytes of the response; known before the vectors are. */
    long estimateBytes(int vectors, int dimension);

    /**
     * Encodes the response as JSON.
     *
     * @param millis since the request arrived
     */
    byte[] encode(Embeddings embeddings, double millis);
}
