package dev.embedding.http.exchange;

import dev.embedding.serving.Embeddings;

/** How an answer looks that carries vectors. */
public interface ResponseEncoder {

    /** How many bytes it takes, about; known before the vectors are. */
    long mostBytes(int vectors, int dimension);

    /**
     * The answer's JSON.
     *
     * @param millis since the request came
     */
    byte[] encode(Embeddings embeddings, double millis);
}
