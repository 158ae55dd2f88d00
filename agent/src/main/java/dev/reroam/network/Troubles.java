package dev.reroam.network;

import java.util.function.Consumer;

/** Troubles of one kind, which may come a thousand times with each change: all are counted, one is told. Confined to the loop. */
final class Troubles {

    private final Consumer<String> teller;
    private long count;

    /**
     * @param teller gets the first one's words
     */
    Troubles(Consumer<String> teller) {
        this.teller = teller;
    }

    void add(String what) {
        if (count++ == 0) {
            teller.accept(what);
        }
    }

    /** How many there were. */
    long count() {
        return count;
    }
}
