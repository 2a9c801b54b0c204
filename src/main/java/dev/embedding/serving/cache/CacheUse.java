package dev.embedding.serving.cache;

/**
 * Use of the cache by a request.
 *
 * @param bypassed whether all texts are computed and nothing is cached
 * @param scope requests with the same scope share cached vectors and computations in flight; empty for the common scope
 */
public record CacheUse(boolean bypassed, String scope) {

    /** Uses the cache in the common scope. */
    public static final CacheUse SHARED = new CacheUse(false, "");
}
