/** Stores of settings: a database table, or a file. The only user of Panache and SQL. */
@NullMarked
package dev.embedding.settings.store;

import org.jspecify.annotations.NullMarked;
