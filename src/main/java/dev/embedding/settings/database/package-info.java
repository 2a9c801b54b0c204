/** {@code EMBEDDING_DB_URL}: address, credentials and TLS of the settings database. */
@NullMarked
package dev.embedding.settings.database;

import org.jspecify.annotations.NullMarked;
