package dev.reroam.recovery;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.uplink.Uplink;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * A raw fact from outside: seen, answered, done. Immutable, and all that {@link Recovery#step} ever learns, so the list of
 * them is enough to replay an incident. SEE tells differences: what did not change since it was last told is left out.
 */
public sealed interface Observation {

    /**
     * The network changed, or paths were asked again.
     *
     * @param signs what the kernel said, for people, oldest first; at most 32
     * @param disturbed interfaces by which a packet of ours could leave that lost something since last told (carrier, admin
     *     state, an address, or the interface itself), even where it is back already
     * @param dead interfaces that now have no carrier or are down; complete, not a difference
     * @param answers paths that differ from what was last told, or belong to a new tunnel
     */
    record PathsSeen(List<String> signs, Set<Integer> disturbed, Set<Integer> dead, List<PathAnswer> answers)
            implements Observation {
        public PathsSeen {
            signs = List.copyOf(signs);
            disturbed = Set.copyOf(disturbed);
            dead = Set.copyOf(dead);
            answers = List.copyOf(answers);
        }
    }

    /** The way of one tunnel's outer packets now. */
    record PathAnswer(TunnelId tunnel, Path path) {}

    /**
     * A device was read. Told after every reading, also where nothing differs: that nothing was received is news, too. Where
     * the device is another one than before (number or key), what it does not tell of a peer is as with a fresh peer.
     *
     * @param changedPeers peers that are new or differ in anything from what was last told
     * @param removedPeers keys of peers that are gone
     */
    record DeviceSeen(DeviceFacts device, List<PeerFacts> changedPeers, List<String> removedPeers)
            implements Observation {
        public DeviceSeen {
            changedPeers = List.copyOf(changedPeers);
            removedPeers = List.copyOf(removedPeers);
        }
    }

    /** A device is gone, or cannot be read any more. */
    record DeviceGone(String device, String why) implements Observation {}

    /** The outcome of a repair that was asked for. */
    record RepairEnded(long repair, RepairOutcome outcome) implements Observation {}

    /** An echo through the tunnel came back: sent by us, authenticated by the tunnel. */
    record EchoAnswered(TunnelId tunnel, long echo, long roundTripNanos) implements Observation {}

    /** An echo could not be sent (no permission, device gone). */
    record EchoRefused(TunnelId tunnel, long echo, String why) implements Observation {}

    /**
     * The agent before this one ended while it repaired tunnels of a device that is still the same: what it wrote down by
     * {@link Action.UnderRepair}. Told once, when the device and its paths were first seen.
     *
     * @param peers their public keys
     * @param tried the rungs above rebind that were begun: each at most once an incident, also across a crash
     */
    record Interrupted(String device, List<String> peers, Set<Rung> tried) implements Observation {
        public Interrupted {
            peers = List.copyOf(peers);
            tried = Collections.unmodifiableSet(new TreeSet<>(tried));
        }
    }

    /** A STUN question that was sent through the tunnel was answered, from beyond the far side. */
    record ThroughAnswered(TunnelId tunnel, long echo, long roundTripNanos) implements Observation {}

    /**
     * How a server saw an uplink, told where it is new.
     *
     * @param before the address that the same server saw before; empty when it is the first word of all
     * @param stuck a flow that used to be answered is not any more, while a fresh one beside it is
     */
    record PublicSeen(Uplink uplink, Endpoint mapped, Optional<IpAddress> before, boolean stuck)
            implements Observation {}

    /**
     * The gateway of an uplink said that it lost its mappings: an announcement, or an epoch that went back. A service of it
     * that starts anew says the same, and what it translates goes on.
     */
    record GatewayForgot(Uplink uplink, String how) implements Observation {}

    /** The gateway of an uplink told another outer address than before. */
    record GatewayMoved(Uplink uplink, String how) implements Observation {}

    /** A server answered a question over an uplink; told of every answer. */
    record UplinkHeard(Uplink uplink, Endpoint server) implements Observation {}

    /**
     * A server has not answered a question over an uplink in the time that it takes; it may have been lost.
     *
     * @param askedAt monotonic nanoseconds
     */
    record UplinkUnheard(Uplink uplink, Endpoint server, long askedAt) implements Observation {}

    /**
     * The gateway of an uplink was asked on its own link (ARP, neighbour discovery): once when the uplink came up, and after
     * each {@link Action.AskUplink}.
     *
     * @param answers it did; else it was asked twice, or the kernel had given it up
     */
    record GatewaySeen(Uplink uplink, boolean answers) implements Observation {}

    /**
     * The ways out of this box, told where they are others than before.
     *
     * @param uplinks those that can carry packets, complete, best first
     * @param steersNot why tunnels are not to be steered here; empty where they may be
     */
    record WaysSeen(List<Uplink> uplinks, Optional<String> steersNot) implements Observation {
        public WaysSeen {
            uplinks = List.copyOf(uplinks);
        }
    }

    /** A tunnel's packets take a host route, and go wherever that leads. */
    record HostRouteSeen(TunnelId tunnel, HostRoute route) implements Observation {}

    /**
     * What the name of a tunnel's endpoint means, as far as somebody could say.
     *
     * @param name by which the endpoint is configured; empty where it is not, or nobody knows
     * @param endpoints the addresses that it has, with the configured port; none where nobody knows any
     * @param why there is none; empty where there are some
     */
    record NameSeen(TunnelId tunnel, Optional<String> name, List<Endpoint> endpoints, String why)
            implements Observation {
        public NameSeen {
            endpoints = List.copyOf(endpoints);
        }
    }

    /** The counters of a device's interface, as often as they are read. */
    record TrafficSeen(String device, long receivedPackets, long sentPackets, long sentBytes) implements Observation {}

    /** A tailscaled was read; told where it is different from before. */
    record NodeSeen(NodeFacts node) implements Observation {}

    /** There is no tailscaled any more. */
    record NodeGone(String why) implements Observation {}

    /** How an {@link Action.KickNode} ended. */
    record NodeKicked(long repair, RepairOutcome outcome) implements Observation {}

    /**
     * How an {@link Action.PingNode} ended.
     *
     * @param peer its name
     * @param direct the answer took no relay
     * @param roundTripNanos empty where none came
     */
    record NodePinged(long ping, String peer, boolean direct, OptionalLong roundTripNanos) implements Observation {}

    /** How {@link Action.SteerNode} ended; or, not done and told after it was, what it made was taken away by somebody else. */
    record NodeSteered(long repair, RepairOutcome outcome) implements Observation {}

    /**
     * The Tailscale node's control server is silent, or not any more.
     *
     * @param servers all addresses that it is known to have, in order
     * @param silentNanos since data came last over any connection with it
     */
    record ControlSeen(List<IpAddress> servers, long silentNanos) implements Observation {
        public ControlSeen {
            servers = List.copyOf(servers);
        }
    }

    /** The machine was suspended for so long, and works again: all that was known of its ways is old. */
    record Woke(long sleptNanos) implements Observation {}

    /** A person asked for a repair, once for all that is meant. */
    record RecoverAsked(Meant meant) implements Observation {}

    /**
     * How large the packets of a tunnel may be that get through in one piece.
     *
     * @param incident in which that was asked
     * @param way on which
     * @param mtu of the device, as it is or as it was meant, in bytes
     * @param largest that it sends with that, in bytes with the outer IP header
     * @param passes the largest that gets through; {@code largest} where all do
     */
    record MtuSeen(TunnelId tunnel, long incident, Path.Via way, int mtu, int largest, int passes)
            implements Observation {}

    /** The tunnels that a person means; a sleeping one is meant only where it is named itself. */
    sealed interface Meant {
        /** Every tunnel that showed life. */
        record Everything() implements Meant {
            @Override
            public String toString() {
                return "all tunnels";
            }
        }

        /** Every tunnel of a device that showed life. */
        record OfDevice(String device) implements Meant {
            @Override
            public String toString() {
                return "the tunnels of " + device;
            }
        }

        /** The Tailscale node. */
        record Node() implements Meant {
            @Override
            public String toString() {
                return "the Tailscale node";
            }
        }

        /** This one, asleep or not. */
        record Named(TunnelId tunnel) implements Meant {
            @Override
            public String toString() {
                return tunnel.toString();
            }
        }
    }

    /** Nothing but time: the deadline that {@link Recovery#nextDeadline} named has come. */
    record TimePassed() implements Observation {}

    /** How a repair ended, as ACT saw it; whether it helped is another matter. */
    sealed interface RepairOutcome {
        /** The kernel or the daemon accepted it. */
        record Done() implements RepairOutcome {}

        /** A new listen port is in use. */
        record PortChanged(int port) implements RepairOutcome {}

        /** Refused, with operation, errno symbol and the other side's own words. */
        record Refused(String operation, String errno, String message) implements RepairOutcome {}

        /** The device or peer vanished meanwhile. */
        record Vanished() implements RepairOutcome {}

        /** Nothing was done: what the step mends is not broken. */
        record NotNeeded(String why) implements RepairOutcome {}

        /** Nothing was done: when it could be, {@link Recovery#wants} said that it is not wanted any more. */
        record NotWanted() implements RepairOutcome {}

        /** {@code mode = "observe"}: nothing was done. */
        record OnlyObserved() implements RepairOutcome {}
    }
}
