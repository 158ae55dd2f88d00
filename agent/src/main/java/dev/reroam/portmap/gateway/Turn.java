package dev.reroam.portmap.gateway;

import java.util.List;

/** The outcome of one step: the client from now on, and what it wants done, in order. Immutable. */
public record Turn(GatewayClient client, List<Effect> effects) {

    public Turn {
        effects = List.copyOf(effects);
    }

    /** Nothing but the next state. */
    public static Turn quiet(GatewayClient client) {
        return new Turn(client, List.of());
    }

    /** The next state and one report. */
    public static Turn tell(GatewayClient client, Report report) {
        return new Turn(client, List.of(new Effect.Tell(report)));
    }
}
