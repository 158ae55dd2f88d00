package dev.reroam.netcheck;

import dev.reroam.portmap.gateway.Report;
import dev.reroam.stun.Discovered;
import dev.reroam.stun.Lifetime;
import dev.reroam.stun.Outcome;
import dev.reroam.stun.PathMtu;
import java.util.Optional;

/** What came of a {@link Question}. Immutable. */
sealed interface Answer {

    /** To {@link Question.Lookup}. */
    record Resolved(Names.Resolved resolved) implements Answer {}

    /**
     * To {@link Question.Way}.
     *
     * @param obstacle empty: it leaves by the uplink
     */
    record Leads(Optional<String> obstacle) implements Answer {}

    /** To {@link Question.Nat}. */
    record NatSeen(Discovered discovered) implements Answer {}

    /** To {@link Question.Latency}. */
    record Came(Outcome outcome) implements Answer {}

    /** To {@link Question.Mtu}. */
    record Measured(PathMtu mtu) implements Answer {}

    /** To {@link Question.Gateway}. */
    record Spoke(Report report) implements Answer {}

    /** To {@link Question.Portal}. */
    record Fetched(PortalAnswer answer) implements Answer {}

    /** To {@link Question.Memory}. */
    record Remembered(Lifetime lifetime) implements Answer {}

    /** To any: the kernel would not let us ask. */
    record Impossible(String why) implements Answer {}

    /** To any: not within the time there was. */
    record TooLate() implements Answer {}
}
