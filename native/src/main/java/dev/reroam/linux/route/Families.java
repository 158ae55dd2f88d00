package dev.reroam.linux.route;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.ip.IpPrefix;
import dev.reroam.linux.netlink.AttributeReader;
import java.util.Optional;

/** Reads the address families, and what depends on them, of rtnetlink headers. */
final class Families {

    private Families() {}

    /** Empty for the families that are none of ours: bridge, MPLS, multicast routing. */
    static Optional<IpFamily> of(int number) {
        if (number == IpFamily.V4.number()) {
            return Optional.of(IpFamily.V4);
        }
        return number == IpFamily.V6.number() ? Optional.of(IpFamily.V6) : Optional.empty();
    }

    /** The prefix of an address attribute and a length from the fixed header; rejects a length that is too long. */
    static IpPrefix prefix(AttributeReader attribute, IpFamily family, int length) {
        return prefix(attribute, attribute.address(family), length);
    }

    static IpPrefix prefix(AttributeReader attribute, IpAddress address, int length) {
        if (length > address.family().bits()) {
            attribute.reject("prefix length " + length + " of " + address);
            return IpPrefix.host(address);
        }
        return new IpPrefix(address, length);
    }

    /** The byte of a fixed header that once was all of a table's number; a larger one is in its attribute alone. */
    static int tableByte(int table) {
        return table >>> 8 == 0 ? table : 0;
    }

    /** An RTA_VIA: linux/rtnetlink.h {@code rtvia}, a family and an address of it. Empty for families without addresses here. */
    static Optional<IpAddress> via(AttributeReader attribute) {
        var family = of(attribute.u16At(0));
        if (family.isEmpty()) {
            return Optional.empty();
        }
        byte[] value = attribute.bytes();
        int length = family.get().bytes();
        if (value.length != 2 + length) {
            attribute.reject(value.length + " bytes, not " + (2 + length));
            return Optional.empty();
        }
        return Optional.of(IpAddress.of(java.util.Arrays.copyOfRange(value, 2, value.length)));
    }
}
