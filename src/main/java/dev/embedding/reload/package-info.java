/** Brings the wanted model into service: load, verify, swap, drain; and keeps what is known about it. */
@NullMarked
package dev.embedding.reload;

import org.jspecify.annotations.NullMarked;
