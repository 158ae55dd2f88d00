package dev.reroam.web;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How an uplink looks from outside. Immutable; {@code …Millis} are wall clock, milliseconds since 1970.
 *
 * @param publicAddress as a STUN server last saw it
 * @param heardMillis when one last answered
 * @param silent none answered the last question: that is unknown, not dead
 * @param nat what translates there does with one port of ours: {@code none}, {@code endpoint_independent}, {@code dependent}
 *     on the destination, or {@code unknown}
 * @param packets sent to find this out, since the uplink is there; questions for names included
 * @param gateway empty where it is asked for nothing
 */
public record Outside(
        Optional<IpAddress> publicAddress,
        OptionalLong heardMillis,
        boolean silent,
        String nat,
        long packets,
        Optional<Gateway> gateway) {

    /** Nothing known, nothing asked. */
    public static final Outside NONE =
            new Outside(Optional.empty(), OptionalLong.empty(), false, "unknown", 0, Optional.empty());

    /**
     * The gateway, as one asks it for a way in.
     *
     * @param packets datagrams and HTTP requests sent to it
     * @param dropped what came in its name, or in answer to nothing, and was not believed
     */
    public record Gateway(long packets, long dropped, List<Speaks> protocols, List<Mapping> mappings) {
        public Gateway {
            protocols = List.copyOf(protocols);
            mappings = List.copyOf(mappings);
        }
    }

    /**
     * Whether it speaks a protocol.
     *
     * @param state {@code there}, {@code absent}, {@code probing} or {@code unknown}
     * @param why it is absent
     */
    public record Speaks(String protocol, String state, Optional<String> why) {}

    /**
     * A way in.
     *
     * @param transport {@code udp} or {@code tcp}
     * @param external where the world reaches us, as the gateway says
     * @param protocol by which it was asked for
     * @param sinceMillis when it was first granted like this
     * @param confirmedMillis when it was last granted
     * @param leaseSeconds from then on; 0 for ever
     */
    public record Mapping(
            String transport,
            int internalPort,
            Endpoint external,
            String protocol,
            long sinceMillis,
            long confirmedMillis,
            long leaseSeconds) {}

    /**
     * How a server saw a device's port, over one uplink.
     *
     * @param interfaceName of the uplink
     * @param fromListenPort asked from the listen port itself; else from another port of ours, since the kernel would not let
     *     us, and then only the address counts
     */
    public record Seen(String interfaceName, Endpoint endpoint, boolean fromListenPort, long atMillis) {}
}
