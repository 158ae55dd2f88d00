package dev.reroam.linux.wireguard;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.netlink.AttributeReader;
import dev.reroam.linux.netlink.GenericFamily;
import dev.reroam.linux.netlink.MalformedMessageException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Tells an assembly what the messages of one dump say (linux/wireguard.h {@code WG_CMD_GET_DEVICE}): the device in the
 * first, peers in all of them. A peer whose allowed IPs do not fit is begun again in the next message with its key and the
 * rest of them. Private and preshared keys are stepped over where they lie: nothing here reads their bytes. One thread, one
 * dump.
 */
final class DeviceDecoder {

    /** Ours: beyond this a dump is garbage, or more than this agent can hold. */
    static final int MAX_ALLOWED_IPS = 100_000;

    private static final String MESSAGE = "WireGuard device";
    // struct __kernel_timespec: two s64
    private static final int TIMESPEC_BYTES = 16;
    private static final int NANOS_PER_SECOND = 1_000_000_000;
    // linux/in.h struct sockaddr_in, linux/in6.h struct sockaddr_in6
    private static final int SOCKADDR_IN_BYTES = 16;
    private static final int SOCKADDR_IN6_BYTES = 28;
    private static final int SIN6_SCOPE_ID_AT = 24;

    private final DeviceAssembly assembly;
    private final int interfaceIndex;
    // Empty before the first message.
    private String name = "";
    private int allowedIps;

    /** @param assembly in which a dump was begun */
    DeviceDecoder(DeviceAssembly assembly, int interfaceIndex) {
        this.assembly = assembly;
        this.interfaceIndex = interfaceIndex;
    }

    /** One message of the dump. */
    void onMessage(ByteBuffer payload) throws MalformedMessageException {
        var device = AttributeReader.after(GenericFamily.HEADER, payload, MESSAGE, Wg.DEVICE);
        while (device.next()) {
            switch (device.type()) {
                case Wg.DEVICE_IFINDEX -> {
                    int index = device.u32();
                    if (index != interfaceIndex) {
                        device.reject(index + ", not " + interfaceIndex);
                    }
                }
                case Wg.DEVICE_IFNAME -> name = device.string();
                case Wg.DEVICE_PUBLIC_KEY -> key(device).ifPresent(assembly::publicKey);
                case Wg.DEVICE_LISTEN_PORT -> assembly.listenPort(device.u16());
                case Wg.DEVICE_FWMARK -> assembly.mark(device.u32());
                case Wg.DEVICE_PEERS -> peers(device.nested(Wg.ENTRIES));
                default -> {
                    // WGDEVICE_A_PRIVATE_KEY above all: stepped over.
                }
            }
        }
        device.check();
    }

    /** The dump has ended. */
    WireGuardDevice finish() throws MalformedMessageException {
        if (name.isEmpty()) {
            throw new MalformedMessageException(MESSAGE, "a dump without WGDEVICE_A_IFNAME");
        }
        return assembly.finish(interfaceIndex, name);
    }

    private void peers(AttributeReader entries) {
        while (entries.next()) {
            if (!beginPeer(entries)) {
                return;
            }
            var peer = entries.nested(Wg.PEER);
            while (peer.next()) {
                switch (peer.type()) {
                    case Wg.PEER_ENDPOINT -> endpoint(peer);
                    case Wg.PEER_PERSISTENT_KEEPALIVE_INTERVAL -> assembly.keepalive(peer.u16());
                    case Wg.PEER_LAST_HANDSHAKE_TIME -> handshake(peer);
                    case Wg.PEER_RX_BYTES -> assembly.received(peer.u64());
                    case Wg.PEER_TX_BYTES -> assembly.sent(peer.u64());
                    case Wg.PEER_ALLOWEDIPS -> allowedIps(peer.nested(Wg.ENTRIES));
                    default -> {
                        // WGPEER_A_PRESHARED_KEY above all: stepped over.
                    }
                }
            }
        }
    }

    /** Finds the key first: all else belongs to it, in whatever order a kernel may write them. */
    private boolean beginPeer(AttributeReader entries) {
        var peer = entries.nested(Wg.PEER);
        while (peer.next()) {
            if (peer.type() == Wg.PEER_PUBLIC_KEY) {
                var key = key(peer);
                if (key.isPresent() && !assembly.peer(key.get())) {
                    peer.reject("more than " + DeviceAssembly.MAX_PEERS + " peers");
                }
                return key.isPresent();
            }
        }
        entries.reject("a peer without WGPEER_A_PUBLIC_KEY");
        return false;
    }

    /** A family that WireGuard does not yet speak is no known address to this agent. */
    private void endpoint(AttributeReader peer) {
        int family = peer.u16At(0);
        if (family == IpFamily.V4.number()) {
            if (length(peer, SOCKADDR_IN_BYTES)) {
                assembly.endpoint(IpFamily.V4, 0, Integer.toUnsignedLong(peer.be32At(4)), peer.be16At(2));
            }
        } else if (family == IpFamily.V6.number()
                && length(peer, SOCKADDR_IN6_BYTES)
                && peer.u32At(SIN6_SCOPE_ID_AT) == 0) {
            assembly.endpoint(IpFamily.V6, peer.be64At(8), peer.be64At(16), peer.be16At(2));
        }
    }

    private void handshake(AttributeReader peer) {
        if (!length(peer, TIMESPEC_BYTES)) {
            return;
        }
        long seconds = peer.u64At(0);
        long nanos = peer.u64At(8);
        if (seconds < 0 || nanos < 0 || nanos >= NANOS_PER_SECOND) {
            peer.reject(seconds + " s and " + nanos + " ns");
            return;
        }
        assembly.handshakeSeconds(seconds);
        assembly.handshakeNanos((int) nanos);
    }

    private void allowedIps(AttributeReader entries) {
        while (entries.next()) {
            if (++allowedIps > MAX_ALLOWED_IPS) {
                entries.reject("more than " + MAX_ALLOWED_IPS + " allowed IPs");
            }
            allowedIp(entries, entries.nested(Wg.ALLOWEDIP));
        }
    }

    /** An entry of a family that WireGuard does not yet route is left out. */
    private void allowedIp(AttributeReader entries, AttributeReader prefix) {
        int family = 0;
        int mask = -1;
        int bytes = 0;
        long high = 0;
        long low = 0;
        while (prefix.next()) {
            switch (prefix.type()) {
                case Wg.ALLOWEDIP_FAMILY -> family = prefix.u16();
                case Wg.ALLOWEDIP_CIDR_MASK -> mask = prefix.u8();
                case Wg.ALLOWEDIP_IPADDR -> {
                    bytes = prefix.length();
                    boolean v6 = bytes == IpFamily.V6.bytes();
                    high = v6 ? prefix.be64At(0) : 0;
                    low = v6 ? prefix.be64At(8) : Integer.toUnsignedLong(prefix.be32At(0));
                }
                default -> {
                    // Flags, which only requests have.
                }
            }
        }
        for (var known : IpFamily.values()) {
            if (known.number() == family) {
                if (bytes == known.bytes() && mask >= 0 && mask <= known.bits()) {
                    assembly.allowedIp(known, high, low, mask);
                } else {
                    entries.reject("address of " + bytes + " bytes with prefix length " + mask + " in " + known);
                }
            }
        }
    }

    private static Optional<WireGuardKey> key(AttributeReader attribute) {
        return length(attribute, WireGuardKey.LENGTH)
                ? Optional.of(new WireGuardKey(
                        attribute.be64At(0), attribute.be64At(8), attribute.be64At(16), attribute.be64At(24)))
                : Optional.empty();
    }

    private static boolean length(AttributeReader attribute, int bytes) {
        if (attribute.length() != bytes) {
            attribute.reject(attribute.length() + " bytes, not " + bytes);
            return false;
        }
        return true;
    }
}
