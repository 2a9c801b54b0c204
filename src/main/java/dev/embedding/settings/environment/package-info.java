/** Environment variables and {@code .env}: settings and process variables, checked before the service starts. */
@NullMarked
package dev.embedding.settings.environment;

import org.jspecify.annotations.NullMarked;
