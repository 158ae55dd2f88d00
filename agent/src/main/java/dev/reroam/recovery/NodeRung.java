package dev.reroam.recovery;

import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The repairs of a Tailscale node, least disruptive first; each once in an incident. Its own words for what it is told are in
 * ipn/localapi/debug.go. Never {@code disconnect-control}, which ends its control client for good, nor {@code break-tcp-conns},
 * which closes its listeners too.
 */
public enum NodeRung {
    /** New sockets on the same port, and its addresses asked anew; what it holds over the way before is ended when it hangs. */
    REBIND(List.of("rebind", "restun"), 4, "new sockets, its addresses asked anew"),
    /** It dials its relays anew. */
    RELAYS(List.of("break-derp-conns", "restun"), 6, "relays dialled anew");

    private final List<String> words;
    private final int seconds;
    private final String what;

    NodeRung(List<String> words, int seconds, String what) {
        this.words = words;
        this.seconds = seconds;
        this.what = what;
    }

    /** What tailscaled is told, in this order. */
    public List<String> words() {
        return words;
    }

    /** How long an answer is waited for, nanoseconds. */
    long bound() {
        return TimeUnit.SECONDS.toNanos(seconds);
    }

    /** For people. */
    String what() {
        return what;
    }
}
