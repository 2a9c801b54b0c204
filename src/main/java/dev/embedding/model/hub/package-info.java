/**
 * A client for Hugging Face hubs: from a repository's name to its files in a cache that is shared with Python's tools.
 * Only files that are requested are downloaded, and only files that are whole are ever seen.
 */
@NullMarked
package dev.embedding.model.hub;

import org.jspecify.annotations.NullMarked;
