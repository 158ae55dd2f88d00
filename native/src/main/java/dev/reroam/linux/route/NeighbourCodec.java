package dev.reroam.linux.route;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.netlink.AttributeNames;
import dev.reroam.linux.netlink.AttributeReader;
import dev.reroam.linux.netlink.AttributeWriter;
import dev.reroam.linux.netlink.MalformedMessageException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Optional;

/**
 * RTM_NEWNEIGH: linux/neighbour.h {@code ndmsg}, then {@code NDA_*}.
 *
 * <pre>
 * 0  family      u8     8  state   u16
 * 1  pad         3      10 flags   u8
 * 4  interface   s32    11 type    u8
 * </pre>
 */
final class NeighbourCodec {

    static final int FIXED_LENGTH = 12;

    private static final AttributeNames NAMES = AttributeNames.of("NDA", "UNSPEC", "DST", "LLADDR");
    private static final int DST = 1;
    private static final int LLADDR = 2;
    private static final HexFormat HARDWARE = HexFormat.ofDelimiter(":");

    private NeighbourCodec() {}

    /** A message about one host. */
    static void encode(int link, IpAddress address, int state, int flags, AttributeWriter message) {
        message.fixed8(address.family().number())
                .fixed(new byte[3])
                .fixed32(link)
                .fixed16(state)
                .fixed8(flags)
                .fixed8(0)
                .address(DST, address);
    }

    /** Empty for a bridge's forwarding entry and other families. */
    static Optional<Neighbour> decode(ByteBuffer payload) throws MalformedMessageException {
        var attributes = AttributeReader.after(FIXED_LENGTH, payload, "neighbour", NAMES);
        int start = payload.position();
        var family = Families.of(Byte.toUnsignedInt(payload.get(start)));
        if (family.isEmpty()) {
            return Optional.empty();
        }
        Optional<IpAddress> address = Optional.empty();
        String hardwareAddress = "";
        while (attributes.next()) {
            switch (attributes.type()) {
                case DST -> address = Optional.of(attributes.address(family.get()));
                case LLADDR -> hardwareAddress = HARDWARE.formatHex(attributes.bytes());
                default -> {
                    // Probe counts and ages: nothing that a decision rests on.
                }
            }
        }
        attributes.check();
        if (address.isEmpty()) {
            throw new MalformedMessageException("neighbour", "no NDA_DST");
        }
        return Optional.of(new Neighbour(
                payload.getInt(start + 4),
                address.get(),
                hardwareAddress,
                Short.toUnsignedInt(payload.getShort(start + 8)),
                Byte.toUnsignedInt(payload.get(start + 10))));
    }
}
