package dev.reroam.recovery;

/**
 * The last thing that proved a tunnel. Immutable.
 *
 * @param at monotonic nanoseconds
 */
public record Proof(Kind kind, long at) {

    /** What can prove a tunnel, strongest first. */
    public enum Kind {
        /** A handshake completed: an authenticated round trip. */
        HANDSHAKE("handshake completed"),
        /** An echo that was sent after the repair came back. */
        ECHO("echo answered"),
        /** A STUN server answered a question sent through the tunnel after the repair. */
        THROUGH("STUN answered through the tunnel"),
        /** Something authenticated was received; counts only where nothing answers. */
        RECEIVED("bytes received");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
