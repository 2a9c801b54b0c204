/**
 * From a model's name to its files on disk and what they say: bundled or local directory, the layout of
 * sentence-transformers, the fingerprint of its vector space.
 */
@NullMarked
package dev.embedding.model;

import org.jspecify.annotations.NullMarked;
