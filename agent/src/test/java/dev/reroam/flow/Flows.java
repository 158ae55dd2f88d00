package dev.reroam.flow;

import dev.reroam.linux.conntrack.Flow;
import dev.reroam.linux.conntrack.FlowStatus;
import dev.reroam.linux.conntrack.FlowTuple;
import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.uplink.Uplink;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A router with two ways out, a LAN and an address of no link; its tunnel's way is the second. */
final class Flows {

    static final Endpoint PEER = Endpoint.parse("11.0.9.9:51821");
    static final int PORT = 51820;
    static final String WAN1 = "100.64.1.2";
    static final String WAN2 = "100.64.2.2";
    static final String LAN = "192.168.77.1";
    static final String DUMMY = "203.0.113.9";

    static final Uplink FIRST = uplink(2, "wan1", "100.64.1.1", WAN1);
    static final Uplink SECOND = uplink(3, "wan2", "100.64.2.1", WAN2);

    private static final int REPLIED = 1 << 1;
    private static final int CONFIRMED = 1 << 3;
    private static final int SRC_NAT = 1 << 4;
    static final int DST_NAT = 1 << 5;

    private Flows() {}

    static Uplink uplink(int index, String name, String gateway, String source) {
        return new Uplink(index, name, Optional.of(IpAddress.parse(gateway)), IpAddress.parse(source));
    }

    static OwnAddress own(String address, int index) {
        return new OwnAddress(IpAddress.parse(address), index, false);
    }

    static ForgetRequest request() {
        return new ForgetRequest(
                new TunnelEnds(Set.of(PORT), PEER),
                SECOND,
                List.of(FIRST, SECOND),
                List.of(own(WAN1, 2), own(WAN2, 3), own(LAN, 4), new OwnAddress(IpAddress.parse(DUMMY), 9, true)));
    }

    /** From a source, as it is before and after translation, to the peer. */
    static Flow sent(int id, String source, String seen, boolean replied) {
        return flow(id, endpoint(source), PEER, endpoint(seen), replied);
    }

    /** Begun by one end with the other, which answers to {@code seen}. */
    static Flow flow(int id, Endpoint from, Endpoint to, Endpoint seen, boolean replied) {
        return new Flow(
                id,
                FlowTuple.udp(from, to),
                FlowTuple.udp(to, seen),
                0,
                new FlowStatus(CONFIRMED | (replied ? REPLIED : 0) | (from.equals(seen) ? 0 : SRC_NAT)),
                0,
                30);
    }

    /** The tunnel's port where none is said. */
    static Endpoint endpoint(String text) {
        return text.contains(":") ? Endpoint.parse(text) : new Endpoint(IpAddress.parse(text), PORT);
    }
}
