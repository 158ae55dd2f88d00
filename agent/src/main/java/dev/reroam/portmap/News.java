package dev.reroam.portmap;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.portmap.gateway.Refusal;
import dev.reroam.portmap.gateway.Wanted;
import java.util.Optional;
import java.util.Set;

/** What the mapper of an uplink has to say. */
public sealed interface News {

    /**
     * A mapping is there, for the first time or with another external endpoint. A plain renewal is no news.
     *
     * @param before what it was; empty for the first
     */
    record Mapped(Mapping mapping, Optional<Mapping> before) implements News {}

    /** A mapping is not there any more, or cannot be relied on. */
    record Lost(Wanted wanted, String why) implements News {}

    /** A protocol would not map a port; the next one is tried. */
    record Refused(Wanted wanted, Protocol protocol, Refusal refusal, String words) implements News {}

    /** The gateway has lost its table, or may have: everything is mapped anew, and what was believed of it is stale. */
    record Forgot(Protocol protocol, String why) implements News {}

    /** The gateway says that it is there, as it does after a change: what was believed of it may be stale. */
    record Announced(Protocol protocol) implements News {}

    /** The gateway told another outer address. */
    record ExternalAddressChanged(IpAddress before, IpAddress after) implements News {}

    /**
     * The gateway makes permanent mappings only. Nothing is done before {@link MapperEvent.PermanentNoted}.
     *
     * @param externalPort that will be asked for first
     */
    record PermanentAhead(Wanted wanted, int externalPort) implements News {}

    /** A permanent mapping was taken back: what was written down can be struck out. */
    record PermanentGone(Wanted wanted) implements News {}

    /** It is known whether the gateway speaks a protocol. */
    record Probed(Protocol protocol, Presence presence) implements News {}

    /**
     * Stopped.
     *
     * @param left what may still be in the gateway's table, since nobody answered or it refused
     */
    record Ended(Set<Wanted> left) implements News {
        public Ended {
            left = Set.copyOf(left);
        }
    }
}
