package dev.reroam.tcp;

import java.util.List;

/** What a search for connections that can go nowhere came to. */
public sealed interface Findings {

    /**
     * It was done.
     *
     * @param stale may be empty
     * @param beyond how many more there were than are ended at once
     */
    record Found(List<StaleConnection> stale, int beyond) implements Findings {
        public Found {
            stale = List.copyOf(stale);
        }
    }

    /**
     * It could not be done.
     *
     * @param why lower case: the kernel's refusal, or that too much waits
     */
    record Unable(String why) implements Findings {}
}
