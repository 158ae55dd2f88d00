package dev.reroam.steer;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.ip.IpPrefix;
import dev.reroam.linux.route.Rule;
import java.util.List;

/** Whose packets are steered; always what this box itself sends, never what it forwards. Immutable. */
public sealed interface Subject {

    /** The address family of the packets. */
    IpFamily family();

    /** Whether an uplink makes a difference to it. */
    boolean canBeSteered();

    /** What goes to a UDP endpoint. */
    record To(Endpoint endpoint) implements Subject {

        private static final List<IpPrefix> MULTICAST =
                List.of(IpPrefix.parse("224.0.0.0/4"), IpPrefix.parse("ff00::/8"));

        @Override
        public IpFamily family() {
            return endpoint.address().family();
        }

        /** A link-local address is on one link only, and there is no way to ourselves or to a group. */
        @Override
        public boolean canBeSteered() {
            IpAddress address = endpoint.address();
            return endpoint.port() != 0
                    && !address.isLinkLocal()
                    && !address.isLoopback()
                    && !address.equals(IpAddress.ANY_V4)
                    && !address.equals(IpAddress.ANY_V6)
                    && MULTICAST.stream().noneMatch(group -> group.contains(address));
        }

        @Override
        public String toString() {
            return endpoint.toString();
        }
    }

    /** What carries a mark, but for what goes where a route of the main table leads that is no default route, as to a LAN. */
    record Marked(IpFamily family, Rule.MarkCondition mark) implements Subject {

        /** A mark of 0 is everybody's. */
        @Override
        public boolean canBeSteered() {
            return mark.value() != 0 && (mark.value() & mark.mask()) == mark.value();
        }

        @Override
        public String toString() {
            return (family == IpFamily.V4 ? "IPv4" : "IPv6") + " packets marked 0x" + Integer.toHexString(mark.value())
                    + "/0x" + Integer.toHexString(mark.mask());
        }
    }
}
