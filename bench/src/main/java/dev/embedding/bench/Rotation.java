package dev.embedding.bench;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Items that several threads take in turn, again from the first after the last; where a round ends, the next goes on. */
final class Rotation<T> {

    private final List<T> items;
    private final AtomicInteger taken = new AtomicInteger();

    Rotation(List<T> items) {
        this.items = List.copyOf(items);
    }

    List<T> items() {
        return items;
    }

    T next() {
        return items.get(Math.floorMod(taken.getAndIncrement(), items.size()));
    }
}
