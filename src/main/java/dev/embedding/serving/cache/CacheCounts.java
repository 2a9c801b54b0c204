package dev.embedding.serving.cache;

/**
 * Cache hits and misses of a request, in texts; all 0 while the cache is off.
 *
 * @param hits texts found in the cache
 * @param shared texts that got the vector of an equal text in flight
 * @param misses texts that were computed
 * @param bypassed texts that were computed because the request bypasses the cache
 */
public record CacheCounts(int hits, int shared, int misses, int bypassed) {}
