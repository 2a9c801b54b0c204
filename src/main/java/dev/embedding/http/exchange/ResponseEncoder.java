package dev.embedding.http.exchange;

import dev.embedding.serving.Embeddings;

/** Encoder of a response that carries vectors. */
public interface ResponseEncoder {

    /** How many bytes it takes, about; known before the vectors are. */
    long mostBytes(int vectors, int dimension);

    /**
     * The response's JSON.
     *
     * @param millis since the request came
     */
    byte[] encode(Embeddings embeddings, double millis);
}
