package dev.embedding.bench;

/**
 * A text as both sides get it.
 *
 * @param text plain ASCII that needs no escaping in JSON
 * @param ids its token ids, special ones included
 */
record Text(String text, long[] ids) {

    int tokens() {
        return ids.length;
    }
}
