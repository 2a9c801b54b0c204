package dev.embedding.serving.cache;

/**
 * Use that a request makes of the cache.
 *
 * @param bypassed whether everything is to be computed, and the vectors not to be kept
 * @param scope requests with equal ones share what is kept, and computations in flight; empty for all that have none
 */
public record CacheUse(boolean bypassed, String scope) {

    /** Shared by all. */
    public static final CacheUse SHARED = new CacheUse(false, "");

    /** Nothing kept is requested, and nothing is to be kept. */
    public static final CacheUse BYPASSED = new CacheUse(true, "");
}
