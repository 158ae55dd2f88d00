package dev.reroam.web;

import java.util.Locale;
import java.util.Optional;

/** Something that just happened, for those who watch. Immutable. */
public sealed interface AgentEvent {

    /** What the stream calls it. */
    String name();

    /**
     * An incident went on.
     *
     * @param unixMillis wall clock, milliseconds since 1970
     * @param kind the lower-case word of the note's kind: {@code opened}, {@code step}, {@code closed}
     */
    record Noted(long incident, long unixMillis, String kind, Optional<String> tunnel, String what)
            implements AgentEvent {
        public Noted {
            kind = kind.toLowerCase(Locale.ROOT);
        }

        @Override
        public String name() {
            return "incident";
        }
    }

    /** A tunnel is new, or in another state or on another path than before. */
    record TunnelChanged(StatusReport.Tunnel tunnel, long unixMillis) implements AgentEvent {
        @Override
        public String name() {
            return "tunnel";
        }
    }

    /** A tunnel is gone. */
    record TunnelGone(String id, long unixMillis) implements AgentEvent {
        @Override
        public String name() {
            return "tunnel_gone";
        }
    }
}
