package dev.reroam.linux.wireguard;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.ip.IpPrefix;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.netlink.AttributeWriter;
import dev.reroam.linux.netlink.FakeKernel;
import dev.reroam.linux.netlink.FakeKernel.Delivery;
import dev.reroam.linux.netlink.MessageHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** A kernel with the family {@code wireguard}, written after drivers/net/wireguard/netlink.c. */
final class FakeWireGuard {

    static final int FAMILY = 0x1c;
    // linux/genetlink.h GENL_ID_CTRL
    private static final int CONTROLLER = 16;
    static final int INDEX = 7;

    /** Answers of the family, one for each of its requests; the last one for all later ones. */
    private final List<Function<ByteBuffer, List<Delivery>>> answers = new ArrayList<>();

    private final ByteOrder order;
    private final FakeKernel kernel;
    private int family = FAMILY;
    private int asked;

    FakeWireGuard(ByteOrder order) {
        this.order = order;
        this.kernel = new FakeKernel(order, this::answer);
    }

    FakeWireGuard then(Function<ByteBuffer, List<Delivery>> answer) {
        answers.add(answer);
        return this;
    }

    /** Answers with a dump of these messages, a datagram each. */
    FakeWireGuard thenDump(List<Consumer<AttributeWriter>> messages) {
        return then(request -> dump(request, 0, messages));
    }

    FakeWireGuard thenRefuse(Errno errno) {
        return then(request -> List.of(FakeKernel.datagram(FakeKernel.acknowledgement(request, errno, "", -1))));
    }

    /** The number by which the family is known from now on; another one is an ENOENT. */
    void family(int id) {
        family = id;
    }

    FakeKernel kernel() {
        return kernel;
    }

    KernelWireGuard open() throws Exception {
        return KernelWireGuard.above(kernel.socket(), order).orElseThrow();
    }

    /** The requests to the family itself. */
    List<ByteBuffer> requests() {
        return kernel.requests().stream()
                .map(bytes -> ByteBuffer.wrap(bytes).order(order))
                .filter(request -> request.getShort(4) != CONTROLLER)
                .toList();
    }

    static List<Delivery> dump(ByteBuffer request, int flags, List<Consumer<AttributeWriter>> messages) {
        var deliveries = new ArrayList<Delivery>();
        for (var message : messages) {
            deliveries.add(FakeKernel.datagram(FakeKernel.reply(
                    request,
                    request.getShort(4),
                    MessageHeader.MULTI | flags,
                    body -> message.accept(body.fixed8(Wg.GET_DEVICE).fixed8(1).fixed16(0)))));
        }
        deliveries.add(FakeKernel.datagram(FakeKernel.done(request)));
        return deliveries;
    }

    private List<Delivery> answer(ByteBuffer request) {
        if (request.getShort(4) == CONTROLLER) {
            return List.of(FakeKernel.datagram(
                    FakeKernel.reply(
                            request,
                            CONTROLLER,
                            MessageHeader.MULTI,
                            body -> body.fixed32(0)
                                    .string(2, family == 0 ? "devlink" : "wireguard")
                                    .u16(1, family == 0 ? 20 : family)),
                    FakeKernel.done(request)));
        }
        if (request.getShort(4) != family) {
            return List.of(FakeKernel.datagram(FakeKernel.acknowledgement(request, Errno.ENOENT, "", -1)));
        }
        if (answers.isEmpty()) {
            return List.of(FakeKernel.datagram(FakeKernel.acknowledgement(request, Errno.NONE, "", -1)));
        }
        return answers.get(Math.min(asked++, answers.size() - 1)).apply(request);
    }

    /** The device's own attributes, as the first message of a dump has them. */
    static void device(AttributeWriter body, byte[] privateKey, Optional<WireGuardKey> publicKey, int port, int mark) {
        body.u16(Wg.DEVICE_LISTEN_PORT, port).u32(Wg.DEVICE_FWMARK, mark);
        body.u32(Wg.DEVICE_IFINDEX, INDEX).string(Wg.DEVICE_IFNAME, "wg0");
        publicKey.ifPresent(
                key -> body.bytes(Wg.DEVICE_PRIVATE_KEY, privateKey).bytes(Wg.DEVICE_PUBLIC_KEY, key.bytes()));
    }

    static void peers(AttributeWriter body, Consumer<AttributeWriter> entries) {
        int list = body.nest(Wg.DEVICE_PEERS);
        entries.accept(body);
        body.end(list);
    }

    /** A peer with all its values, and with some of its allowed IPs. */
    static void peer(
            AttributeWriter body, ByteOrder order, WireGuardPeer peer, byte[] presharedKey, List<IpPrefix> prefixes) {
        int entry = body.nest(Wg.ENTRY);
        body.bytes(Wg.PEER_PUBLIC_KEY, peer.publicKey().bytes()).bytes(Wg.PEER_PRESHARED_KEY, presharedKey);
        var timespec = ByteBuffer.allocate(16).order(order);
        timespec.putLong(peer.handshakeSeconds()).putLong(peer.handshakeNanos());
        body.bytes(Wg.PEER_LAST_HANDSHAKE_TIME, timespec.array())
                .u16(Wg.PEER_PERSISTENT_KEEPALIVE_INTERVAL, peer.keepaliveSeconds())
                // nla_put_u64_64bit pads with an attribute of type WGPEER_A_UNSPEC where a machine needs it.
                .flag(0)
                .u64(Wg.PEER_TX_BYTES, peer.sentBytes())
                .u64(Wg.PEER_RX_BYTES, peer.receivedBytes())
                .u32(10, 1);
        peer.endpoint().ifPresent(at -> body.bytes(Wg.PEER_ENDPOINT, socketAddress(order, at, 0)));
        allowedIps(body, prefixes);
        body.end(entry);
    }

    /** The rest of a peer's allowed IPs: key and list alone. */
    static void rest(AttributeWriter body, WireGuardKey key, List<IpPrefix> prefixes) {
        int entry = body.nest(Wg.ENTRY);
        body.bytes(Wg.PEER_PUBLIC_KEY, key.bytes());
        allowedIps(body, prefixes);
        body.end(entry);
    }

    static byte[] socketAddress(ByteOrder order, Endpoint at, int scope) {
        boolean v4 = at.address().family() == IpFamily.V4;
        var address = ByteBuffer.allocate(v4 ? 16 : 28).order(order);
        address.putShort((short) at.address().family().number())
                .put((byte) (at.port() >>> 8))
                .put((byte) at.port());
        if (v4) {
            address.put(at.address().bytes());
        } else {
            address.putInt(0).put(at.address().bytes()).putInt(scope);
        }
        return address.array();
    }

    private static void allowedIps(AttributeWriter body, List<IpPrefix> prefixes) {
        int list = body.nest(Wg.PEER_ALLOWEDIPS);
        for (var prefix : prefixes) {
            int entry = body.nest(Wg.ENTRY);
            body.u8(Wg.ALLOWEDIP_CIDR_MASK, prefix.length())
                    .u16(Wg.ALLOWEDIP_FAMILY, prefix.family().number())
                    .address(Wg.ALLOWEDIP_IPADDR, prefix.address())
                    .end(entry);
        }
        body.end(list);
    }
}
