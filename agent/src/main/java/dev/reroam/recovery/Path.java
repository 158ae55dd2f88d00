package dev.reroam.recovery;

import dev.reroam.linux.ip.IpAddress;
import java.util.Optional;

/** The kernel's answer for one destination: what a <em>fresh</em> packet would do. Immutable; equal means same way. */
public sealed interface Path {

    /**
     * The packet would leave.
     *
     * @param interfaceIndex kernel's number of the interface, part of the identity: a re-created interface is another way
     * @param gateway empty when the destination is on the link
     * @param source the address that the packet would carry
     */
    record Via(int interfaceIndex, String interfaceName, Optional<IpAddress> gateway, IpAddress source)
            implements Path {
        @Override
        public String toString() {
            return interfaceName + gateway.map(g -> " via " + g).orElse("") + " from " + source;
        }
    }

    /**
     * The kernel knows no way.
     *
     * @param errno symbol of the refusal, such as ENETUNREACH
     */
    record None(String errno) implements Path {
        @Override
        public String toString() {
            return "no way (" + errno + ")";
        }
    }
}
