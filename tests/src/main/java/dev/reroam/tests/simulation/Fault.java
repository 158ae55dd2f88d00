package dev.reroam.tests.simulation;

import dev.reroam.tests.simulation.world.VirtualTime;
import java.util.Optional;

/**
 * One thing that happens, and until when. Immutable; nanoseconds since the scenario's start.
 *
 * @param where which uplink or tunnel, counted from 0 and around
 * @param much what that is depends on the kind
 */
record Fault(Kind kind, long at, long lasts, int where, int much) {

    private static final long LOCAL = 5 * VirtualTime.SECOND;
    // A question every 15 s and a tenth, a second for the second voice, and the repair.
    private static final long UPSTREAM = 20 * VirtualTime.SECOND;

    /** When it is over. */
    long healedAt() {
        return at + lasts;
    }

    /**
     * What may happen; the family is of {@code facts/testing.md}.
     */
    enum Kind {
        /** A cable is pulled; a daemon takes the route away {@code much} ms later. Both come back. */
        CABLE_PULLED("F6", LOCAL),
        /** A cable is out for a moment; nobody touches the route. */
        CABLE_BLINKED("F6", LOCAL),
        /** Another uplink becomes the preferred one, and at the end the first one again. */
        ROUTE_MOVED("F6", LOCAL),
        /** The lease brings another address. */
        ADDRESS_CHANGED("F6", LOCAL),
        /** Another router on the same interface. */
        GATEWAY_CHANGED("F6", LOCAL),
        /** PPPoE redials: interface, number and address are others. */
        INTERFACE_RECREATED("F6", LOCAL),
        /** Routes go and come {@code much} times. */
        FLAPPING("F6", LOCAL),
        /** Upstream another WAN; {@code much} 1: the gateway says so. */
        WAN_CHANGED("F5", UPSTREAM),
        /** The gateway forgets everything; {@code much} 1: it says so. */
        NAT_REBOOTED("F5", UPSTREAM),
        /** {@code much} of a thousand packets are lost. */
        LOSSY("F1", LOCAL),
        /** The same, of what the box sends. */
        LOSSY_OUT("F1", LOCAL),
        /** Everything takes {@code much} ms, and up to half as much again. */
        SLOW("F2", LOCAL),
        /** A blackhole with the link up, {@code much} 1 out, 2 in, 3 both; nothing is asked of the brain until its end. */
        SILENT("F1", LOCAL),
        PEER_OFFLINE("F6", LOCAL),
        /** The far end's own WAN changes. */
        PEER_MOVED("F6", LOCAL),
        DEVICE_RECREATED("F11", LOCAL),
        /** Killed at the {@code much}-th action from then on, at the end at the latest; started anew at the end. */
        KILLED("F13", LOCAL),
        /** Stopped, and started at the end. */
        RESTARTED("F13", LOCAL),
        /** The wall clock is set by {@code much} s. */
        CLOCK_STEPPED("F14", LOCAL),
        PERSON_ASKED("", LOCAL),
        /** {@code much} announcements that mean nothing. */
        BUSY_LAN("F15", LOCAL),
        /** As {@link #SILENT}, and the tunnels are to leave. */
        SILENT_LEFT("F1", LOCAL, Ability.STEERING),
        /** Another WAN upstream, and a NAT that keeps the flows before alive, leading nowhere. */
        STUCK_NAT("F5", UPSTREAM, Ability.STUCK_NAT),
        /** The box's own connection tracking keeps a wrong entry. */
        STUCK_FLOW("F4", LOCAL, Ability.CONNTRACK);

        private final String family;
        private final long bound;
        private final Optional<Ability> needs;

        Kind(String family, long bound) {
            this.family = family;
            this.bound = bound;
            needs = Optional.empty();
        }

        Kind(String family, long bound, Ability needs) {
            this.family = family;
            this.bound = bound;
            this.needs = Optional.of(needs);
        }

        String family() {
            return family;
        }

        /** How long after its end every awake tunnel carries, nanoseconds. */
        long bound() {
            return bound;
        }

        Optional<Ability> needs() {
            return needs;
        }
    }
}
