package dev.embedding.serving.cache;

/**
 * Numbers of a request's texts by the source of their vectors; nothing is counted while the cache is off.
 *
 * @param hits found in the cache
 * @param shared computed for an equal text that came at about the same time, and not again
 * @param misses computed
 * @param bypassed computed because the request wanted nothing kept
 */
public record CacheCounts(int hits, int shared, int misses, int bypassed) {}
