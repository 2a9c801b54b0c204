/**
 * A client for Hugging Face hubs: from a repository's name to its files in a cache that is shared with Python's tools.
 * Only requested files are downloaded, and only complete files become visible.
 */
@NullMarked
package dev.embedding.model.hub;

import org.jspecify.annotations.NullMarked;
