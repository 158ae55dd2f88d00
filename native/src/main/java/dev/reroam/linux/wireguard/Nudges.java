package dev.reroam.linux.wireguard;

import dev.reroam.linux.netlink.AttributeWriter;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Writes peers to be nudged as {@code WGDEVICE_A_PEERS}: for each its keepalive to 0, then to what it is (to 25 and back to
 * 0 where it is off), because only the step from 0 sends a packet (drivers/net/wireguard/netlink.c {@code set_peer}).
 */
final class Nudges {

    // linux/netlink.h nlattr.nla_len is 16 bits.
    private static final int MAX_ATTRIBUTE = 0xffff;
    private static final int ATTRIBUTE_HEADER = 4;
    // An entry: its header, the key, the flags, the keepalive padded to 4.
    private static final int ENTRY_BYTES = 4 * ATTRIBUTE_HEADER + WireGuardKey.LENGTH + Integer.BYTES + Integer.BYTES;

    private Nudges() {}

    /**
     * Writes one attribute with as many peers as fit its 16-bit length, in order, a peer's entries together: 390 peers
     * whose keepalive is off, 585 others.
     *
     * @param from index of the first
     * @return index of the first that did not fit; the size of the list when all did
     */
    static int write(AttributeWriter body, List<WireGuardNudge> nudges, int from) {
        var key = ByteBuffer.allocate(WireGuardKey.LENGTH);
        int list = body.nest(Wg.DEVICE_PEERS);
        int next = from;
        for (; next < nudges.size(); next++) {
            var nudge = nudges.get(next);
            int[] keepalives = passing(nudge.keepaliveSeconds());
            if (body.position() - list + keepalives.length * ENTRY_BYTES > MAX_ATTRIBUTE) {
                break;
            }
            nudge.publicKey().write(key.clear());
            key.flip();
            for (int keepalive : keepalives) {
                int entry = body.nest(Wg.ENTRY);
                body.bytes(Wg.PEER_PUBLIC_KEY, key)
                        .u32(Wg.PEER_FLAGS, Wg.PEER_F_UPDATE_ONLY)
                        .u16(Wg.PEER_PERSISTENT_KEEPALIVE_INTERVAL, keepalive)
                        .end(entry);
            }
        }
        body.end(list);
        return next;
    }

    private static int[] passing(int keepaliveSeconds) {
        return keepaliveSeconds == 0
                ? new int[] {0, WireGuardNudge.PASSING_KEEPALIVE_SECONDS, 0}
                : new int[] {0, keepaliveSeconds};
    }
}
