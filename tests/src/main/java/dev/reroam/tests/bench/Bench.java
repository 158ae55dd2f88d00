package dev.reroam.tests.bench;

import java.util.function.Consumer;

/** A measurement with a name. Stateless. */
interface Bench {

    /** As on the command line. */
    String name();

    /** One sentence: what is measured. */
    String about();

    /**
     * Measures; blocks for minutes and leaves nothing behind.
     *
     * @param progress is told now and then how far it is
     * @throws IllegalStateException where the lab could not do what the measurement needs
     */
    Result run(Options options, Consumer<String> progress);
}
