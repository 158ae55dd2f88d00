package dev.reroam.linux.route;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.netlink.AttributeNames;
import dev.reroam.linux.netlink.AttributeReader;
import dev.reroam.linux.netlink.MalformedMessageException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * RTM_NEWADDR: linux/if_addr.h {@code ifaddrmsg}, then {@code IFA_*}.
 *
 * <pre>
 * 0  family          u8
 * 1  prefix length   u8
 * 2  flags, low 8    u8
 * 3  scope           u8
 * 4  interface       u32
 * </pre>
 */
final class AddressCodec {

    static final int FIXED_LENGTH = 8;

    private static final AttributeNames NAMES = AttributeNames.of(
            "IFA", "UNSPEC", "ADDRESS", "LOCAL", "LABEL", "BROADCAST", "ANYCAST", "CACHEINFO", "MULTICAST", "FLAGS");
    private static final int ADDRESS = 1;
    private static final int LOCAL = 2;
    private static final int FLAGS = 8;

    private AddressCodec() {}

    /** Empty for families other than IPv4 and IPv6. */
    static Optional<Address> decode(ByteBuffer payload) throws MalformedMessageException {
        var attributes = AttributeReader.after(FIXED_LENGTH, payload, "address", NAMES);
        int start = payload.position();
        var family = Families.of(Byte.toUnsignedInt(payload.get(start)));
        if (family.isEmpty()) {
            return Optional.empty();
        }
        int flags = Byte.toUnsignedInt(payload.get(start + 2));
        Optional<IpAddress> address = Optional.empty();
        Optional<IpAddress> local = Optional.empty();
        while (attributes.next()) {
            switch (attributes.type()) {
                case ADDRESS -> address = Optional.of(attributes.address(family.get()));
                case LOCAL -> local = Optional.of(attributes.address(family.get()));
                case FLAGS -> flags = attributes.u32();
                default -> {
                    // Labels, lifetimes: nothing that paths depend on.
                }
            }
        }
        attributes.check();
        // IFA_ADDRESS is the peer where there is one; IPv6 without a peer has no IFA_LOCAL (linux/if_addr.h).
        var own = local.isPresent() ? local : address;
        if (own.isEmpty()) {
            throw new MalformedMessageException("address", "neither IFA_LOCAL nor IFA_ADDRESS");
        }
        int length = Byte.toUnsignedInt(payload.get(start + 1));
        if (length > family.get().bits()) {
            throw new MalformedMessageException("address", "prefix length " + length + " of " + own.get());
        }
        return Optional.of(new Address(
                payload.getInt(start + 4),
                own.get(),
                length,
                address.equals(own) ? Optional.empty() : address,
                Byte.toUnsignedInt(payload.get(start + 3)),
                flags));
    }
}
