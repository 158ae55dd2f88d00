package dev.reroam.tests.simulation.world;

import java.util.List;
import java.util.Optional;

/**
 * What there is in a world, before anything happens. Immutable; durations are nanoseconds.
 *
 * @param seed for all that the world draws while it runs
 * @param start what its clock shows at first
 * @param servers STUN servers
 */
public record Plan(
        long seed,
        long start,
        Box.Routing routing,
        List<OfWan> wans,
        List<OfDevice> devices,
        List<StunServer.Manner> servers) {

    public Plan {
        wans = List.copyOf(wans);
        devices = List.copyOf(devices);
        servers = List.copyOf(servers);
    }

    /**
     * An uplink; the first one is preferred.
     *
     * @param nat empty where the box has the public address itself
     */
    public record OfWan(Optional<NatKind> nat, Conditions conditions) {}

    /**
     * A device of the box.
     *
     * @param kernel else wireguard-go
     * @param watchedOnly it may not be set
     * @param free its port may be given up; else every uplink forwards it
     */
    public record OfDevice(boolean kernel, boolean watchedOnly, boolean free, List<OfPeer> peers) {
        public OfDevice {
            peers = List.copyOf(peers);
        }
    }

    /**
     * A peer, and its far end.
     *
     * @param keepalive of the box towards it, seconds
     * @param farKeepalive of the far end
     * @param weKnow the box is configured with its address
     * @param theyKnow it is configured with the address of the first uplink
     * @param nat in front of it
     * @param probe the box knows an inner address to ask
     * @param echoes that address answers
     * @param everything all of the box's traffic goes to it
     * @param online from the beginning
     */
    public record OfPeer(
            int keepalive,
            int farKeepalive,
            boolean weKnow,
            boolean theyKnow,
            Optional<NatKind> nat,
            boolean probe,
            boolean echoes,
            boolean everything,
            boolean online,
            long delay,
            Traffic.Pattern traffic,
            long every) {}
}
