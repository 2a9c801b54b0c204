package dev.embedding;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/** Lets threads pass, but for one that a test wants to hold. */
public final class Gate {

    private final AtomicBoolean holdsNext = new AtomicBoolean();
    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch opened = new CountDownLatch(1);

    /** The next thread that comes is held; called once. */
    public void holdNext() {
        holdsNext.set(true);
    }

    public void pass() {
        if (holdsNext.getAndSet(false)) {
            held.countDown();
            try {
                opened.await();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    public void awaitHeld() throws InterruptedException {
        held.await();
    }

    /** The thread that is held goes on, and nobody is held any more. */
    public void open() {
        opened.countDown();
    }
}
