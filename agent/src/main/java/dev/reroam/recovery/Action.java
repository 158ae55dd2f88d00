package dev.reroam.recovery;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.uplink.Uplink;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/** Something that {@link Recovery#step} wants done. Immutable and complete: ACT never reads SEE. */
public sealed interface Action {

    /** A change of the system; answered by one {@link Observation.RepairEnded} with the same number. */
    sealed interface Repair extends Action {
        /** Unique within a run. */
        long repair();

        /** The device it is for. */
        DeviceFacts device();
    }

    /** A repair that changes the device itself. */
    sealed interface Setting extends Repair {}

    /**
     * Have the kernel forget the flows of these peers that no longer fit the way that a fresh packet takes, and no others.
     * A refresh follows.
     */
    record ForgetFlows(long repair, DeviceFacts device, List<PeerFlow> flows) implements Repair {
        public ForgetFlows {
            flows = List.copyOf(flows);
        }
    }

    /** The outer packets of one peer. */
    record PeerFlow(String key, Endpoint endpoint, Path.Via way) {}

    /** Send what leaves for these endpoints by another uplink. A refresh follows: alone it moves nothing. */
    record Steer(long repair, DeviceFacts device, List<Endpoint> endpoints, Uplink to) implements Repair {
        public Steer {
            endpoints = List.copyOf(endpoints);
        }
    }

    /** Let it leave as the kernel would have it without us; whether it was steered or not. */
    record Unsteer(long repair, DeviceFacts device, List<Endpoint> endpoints) implements Repair {
        public Unsteer {
            endpoints = List.copyOf(endpoints);
        }
    }

    /** Have these packets leave from other ports than the device's, and the kernel forget their flows. A refresh follows. */
    record RewriteSourcePorts(long repair, DeviceFacts device, List<PeerFlow> flows) implements Repair {
        public RewriteSourcePorts {
            flows = List.copyOf(flows);
        }
    }

    /** Let them leave from the device's own port again, whether they did or not; flows that are there stay as they are. */
    record RestoreSourcePorts(long repair, DeviceFacts device, List<PeerFlow> flows) implements Repair {
        public RestoreSourcePorts {
            flows = List.copyOf(flows);
        }
    }

    /**
     * Give the device another MTU for as long as its tunnels take ways that need it; what it was goes into the ledger first, and
     * out of it when it is that again. Not where somebody has set another one than {@code from} meanwhile.
     *
     * @param from what it is, bytes
     * @param former what it was before our first change
     */
    record SetMtu(long repair, DeviceFacts device, int from, int to, int former) implements Repair {}

    /** Have the one restart the device whom a person has named for it; it may be another device afterwards. */
    record RestartOwner(long repair, DeviceFacts device) implements Repair {}

    /**
     * Forget the stale source and send one packet to each peer, so that the far side follows. Ports, keepalives and
     * sessions stay. With no peers: clear the device's stale sources only.
     *
     * @param peers the affected ones, the most active first
     */
    record Refresh(long repair, DeviceFacts device, List<PeerRefresh> peers) implements Setting {
        public Refresh {
            peers = List.copyOf(peers);
        }
    }

    /** One peer of a {@link Refresh}, with what must be the same afterwards. */
    record PeerRefresh(String key, Optional<Endpoint> endpoint, int keepaliveSeconds) {}

    /** Open the socket anew on the same port. */
    record Rebind(long repair, DeviceFacts device) implements Setting {}

    /** Leave the port for a fresh one; the old one goes into the ledger first. */
    record NewPort(long repair, DeviceFacts device) implements Setting {}

    /** Give the device its former port back, and take it out of the ledger. */
    record RestorePort(long repair, DeviceFacts device, int port) implements Setting {}

    /** Keep the new port: it is proved. The ledger remembers it while the tunnel carries. */
    record KeepPort(long repair, DeviceFacts device, int formerPort) implements Setting {}

    /**
     * Send a peer's packets to another endpoint, where the present one still is the one that is named. A refresh follows:
     * alone it sends nothing.
     *
     * @param key the peer's
     */
    record SetEndpoint(long repair, DeviceFacts device, String key, Endpoint from, Endpoint to) implements Setting {}

    /**
     * Find out what the name of a tunnel's endpoint means now; answered by one {@link Observation.NameSeen}, within some
     * seconds.
     *
     * @param uplinks over each of which it is asked, best first
     */
    record AskName(TunnelId tunnel, List<Uplink> uplinks) implements Action {
        public AskName {
            uplinks = List.copyOf(uplinks);
        }
    }

    /** Send one echo to an inner address through the tunnel's own interface. */
    record SendEcho(TunnelId tunnel, long echo, int interfaceIndex, IpAddress target) implements Action {}

    /**
     * Ask a STUN server through the tunnel's own interface: for a peer that everything of this family is sent to, where no
     * inner address is known that could answer. Numbered with the echoes, and refused like one.
     */
    record AskThroughTunnel(TunnelId tunnel, long echo, int interfaceIndex, IpFamily family) implements Action {}

    /** A tunnel over this uplink may be dead: find out at once whether the world sees it as before. */
    record AskUplink(Uplink uplink) implements Action {}

    /**
     * An uplink carries nothing any more: connections of named programs that hang on it are to be ended, so that they are
     * made anew over another one. Nothing is told of what came of it.
     *
     * @param silentFrom when nothing came over it any more, monotonic nanoseconds
     */
    record EndConnections(Uplink uplink, long silentFrom) implements Action {}

    /** It carries again: what still waits there may go on. */
    record SpareConnections(Uplink uplink) implements Action {}

    /**
     * A tunnel carries by another way than before: find out whether its largest packets get through there in one piece.
     * {@link Observation.MtuSeen} is told where they do not.
     *
     * @param incident that it belongs to
     * @param interfaceIndex the device's
     * @param former the MTU that is meant instead of the device's own, which is one of ours; then it is told in any case
     */
    record MeasureMtu(TunnelId tunnel, long incident, int interfaceIndex, Path.Via way, OptionalInt former)
            implements Action {}

    /**
     * Tell tailscaled to do this, in this order; answered by one {@link Observation.NodeKicked}.
     *
     * @param words its own: ipn/localapi/debug.go
     */
    record KickNode(long repair, List<String> words) implements Action {
        public KickNode {
            words = List.copyOf(words);
        }
    }

    /**
     * Send what this box itself sends with a mark over another uplink, but for what goes where the main table has a route that is no
     * default route; answered by one {@link Observation.NodeSteered}.
     *
     * @param value under {@code mask}; the bits of a u32 each
     */
    record SteerNode(long repair, int value, int mask, Uplink to) implements Action {}

    /** Let it leave as the kernel would have it without us; nothing is told of what came of it. */
    record UnsteerNode(int value, int mask, IpFamily family) implements Action {}

    /**
     * Have the kernel forget those flows of the Tailscale node's own UDP port that no longer fit the way that a fresh packet takes. What
     * it sends next begins new ones. Nothing is told of what came of it.
     *
     * @param ways one of each address family at most
     */
    record ForgetNodeFlows(int port, List<Uplink> ways) implements Action {
        public ForgetNodeFlows {
            ways = List.copyOf(ways);
        }
    }

    /** Have tailscaled ping another node; answered by one {@link Observation.NodePinged}. */
    record PingNode(long ping, NodeFacts.Peer peer) implements Action {}

    /**
     * End tailscaled's connections over an uplink that hear nothing from then on, so that it dials anew: those that are well are
     * spoken to after its sockets were opened anew, and hear an answer.
     *
     * @param silentFrom monotonic nanoseconds
     */
    record EndNodeConnections(Uplink uplink, long silentFrom) implements Action {}

    /**
     * End tailscaled's connections with its control server that nothing came over for so long, so that it dials anew. Nothing is
     * told of what came of it: {@link Observation.ControlSeen} tells.
     *
     * @param servers all addresses that it is known to have
     */
    record EndControl(List<IpAddress> servers, long silentNanos) implements Action {
        public EndControl {
            servers = List.copyOf(servers);
        }
    }

    /** Read the device's peers now. */
    record ReadDevice(String device) implements Action {}

    /** Ask the kernel whether a tunnel's packets take a host route; it is told only where they do. */
    record AskHostRoute(TunnelId tunnel) implements Action {}

    /** Ask the kernel for every tunnel's path again. */
    record AskPaths() implements Action {}

    /**
     * Write down, for the agent after this one, which tunnels of a device are under repair; in place of what was written of
     * the device before. Not waited for: what it guards against is our death, not a power cut, which takes the device too.
     *
     * @param peers their public keys, in order
     * @param tried the rungs that were begun for the device and must not be again: those above rebind
     */
    record UnderRepair(DeviceFacts device, List<String> peers, Set<Rung> tried) implements Action {
        public UnderRepair {
            peers = List.copyOf(peers);
            tried = Collections.unmodifiableSet(new TreeSet<>(tried));
        }
    }

    /** Strike out what was written down by {@link UnderRepair}. */
    record RepairOver(String device) implements Action {}

    /** Something for the journal. */
    record Note(long incident, NoteKind kind, Optional<TunnelId> tunnel, String what) implements Action {}

    /** What a {@link Note} tells; an incident begins with OPENED and ends with CLOSED. */
    enum NoteKind {
        /** The first sign. */
        OPENED,
        /** A sign or fact that bears on the incident. */
        SEEN,
        /** A tunnel is affected from here on. */
        AFFECTED,
        /** A step was begun. */
        STEP,
        /** A step was not taken, and why. */
        SKIPPED,
        /** How a step ended. */
        OUTCOME,
        /** A tunnel carries again; the text says what proved it, and how long it did not. */
        PROVED,
        /** Needs a person, or waits for the peer; the text says why. */
        GAVE_UP,
        /** All is proved or given up. */
        CLOSED
    }
}
