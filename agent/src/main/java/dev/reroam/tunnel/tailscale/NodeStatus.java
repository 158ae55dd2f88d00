package dev.reroam.tunnel.tailscale;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What {@code GET /localapi/v0/status} says: ipn/ipnstate/ipnstate.go {@code Status}. Immutable. Keys and the address of a login
 * are not read, so they cannot be told.
 *
 * @param version of tailscaled; empty where it does not say
 * @param tun it has a network interface; else its traffic is its own ("userspace networking")
 * @param health what it says is wrong, for people
 * @param self this node; empty while nobody is logged in
 * @param peers in the order told, at most {@value #MOST_PEERS}
 * @param peersLeftOut how many more there are
 */
public record NodeStatus(
        String version,
        BackendState state,
        boolean tun,
        List<String> health,
        Optional<Self> self,
        List<Peer> peers,
        int peersLeftOut) {

    /** Ours: of a larger network the first ones stand for all. */
    public static final int MOST_PEERS = 2_000;

    public NodeStatus {
        health = List.copyOf(health);
        peers = List.copyOf(peers);
    }

    /**
     * This node.
     *
     * @param name for people
     * @param endpoints where others may find it, those of its own addresses among them; at most {@value #MOST_ENDPOINTS}
     * @param relay its home relay's region code; empty where it has none
     * @param keyExpired it must be logged in anew
     */
    public record Self(
            String name,
            List<IpAddress> addresses,
            List<Endpoint> endpoints,
            boolean online,
            String relay,
            boolean keyExpired) {

        /** Ours: a box has a handful. */
        public static final int MOST_ENDPOINTS = 32;

        public Self {
            endpoints = List.copyOf(endpoints);
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * Another node.
     *
     * @param name for people
     * @param direct where its packets go; empty where they go by a relay, or nowhere
     * @param relay region code of the DERP relay that it is reached by
     * @param peerRelay another node that relays for it; empty for none
     * @param active something was sent to it lately
     * @param handshakeAt the last one; empty for none
     */
    public record Peer(
            String name,
            List<IpAddress> addresses,
            boolean online,
            boolean active,
            boolean exitNode,
            Optional<Endpoint> direct,
            String relay,
            String peerRelay,
            Optional<Instant> handshakeAt,
            long receivedBytes,
            long sentBytes) {
        public Peer {
            addresses = List.copyOf(addresses);
        }
    }

    /** The peers that something goes to. */
    public List<Peer> active() {
        return peers.stream().filter(Peer::active).toList();
    }
}
