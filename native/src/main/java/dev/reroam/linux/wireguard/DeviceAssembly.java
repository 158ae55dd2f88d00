package dev.reroam.linux.wireguard;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.ip.IpPrefix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Puts the dumps of one device together, field by field as a decoder meets them, and makes an object only of what differs
 * from the dump before: an unchanged peer is <em>the same</em> record, an unchanged device too, so {@code ==} tells what
 * changed. A device of 1,000 peers of which three talk costs three records. Mutable; confined to one thread.
 *
 * <p>Peers keep the order in which they were first seen, because wireguard-go tells them in another order each time. A peer
 * that is told in several parts is joined; its later values win.
 */
public final class DeviceAssembly {

    /** More peers than this are garbage, or more than this agent can hold. */
    public static final int MAX_PEERS = 20_000;

    private static final int LONGS_PER_PREFIX = 3;

    private final Map<WireGuardKey, Slot> slots = new LinkedHashMap<>();
    private int round;
    // Null before the first dump was finished.
    private @Nullable WireGuardDevice finished;

    // The dump being told.
    private Optional<WireGuardKey> publicKey = Optional.empty();
    private int listenPort;
    private int mark;
    private int peers;
    private boolean anyChanged;

    // The peer being told; null between two peers.
    private @Nullable Slot current;
    private @Nullable IpFamily endpointFamily;
    private long endpointHigh;
    private long endpointLow;
    private int endpointPort;
    private int keepalive;
    private long handshakeSeconds;
    private int handshakeNanos;
    private long received;
    private long sent;
    private long[] prefixes = new long[8 * LONGS_PER_PREFIX];
    private int prefixLongs;

    /** A dump begins; one that was not finished is forgotten. */
    public void begin() {
        round++;
        publicKey = Optional.empty();
        listenPort = 0;
        mark = 0;
        peers = 0;
        anyChanged = false;
        current = null;
    }

    /** The device has a private key, and this is its public half. */
    public void publicKey(WireGuardKey key) {
        publicKey = Optional.of(key);
    }

    /** The device's UDP port. */
    public void listenPort(int port) {
        listenPort = port;
    }

    /** The device's fwmark. */
    public void mark(int value) {
        mark = value;
    }

    /**
     * What follows belongs to this peer. The key of the peer before again continues that peer.
     *
     * @return false when there are more than {@link #MAX_PEERS}: the dump is to be given up
     */
    public boolean peer(WireGuardKey key) {
        var before = current;
        if (before != null && before.key.equals(key)) {
            return true;
        }
        endPeer();
        var slot = slots.computeIfAbsent(key, Slot::new);
        current = slot;
        if (slot.round == round) {
            // A contradictory dump: the same peer again, further down. It goes on from what was told first.
            resume(slot.fresh());
            return true;
        }
        slot.round = round;
        clear();
        return ++peers <= MAX_PEERS;
    }

    /** Where the peer was last heard. */
    public void endpoint(IpFamily family, long high, long low, int port) {
        endpointFamily = family;
        endpointHigh = high;
        endpointLow = low;
        endpointPort = port;
    }

    /** Persistent keepalive, 0 to 65535 s. */
    public void keepalive(int seconds) {
        keepalive = seconds;
    }

    /** Whole seconds of the last handshake's stamp, not negative. */
    public void handshakeSeconds(long seconds) {
        handshakeSeconds = seconds;
    }

    /** The rest of that stamp, 0 to 999,999,999. */
    public void handshakeNanos(int nanos) {
        handshakeNanos = nanos;
    }

    /** Bytes received from the peer so far. */
    public void received(long bytes) {
        received = bytes;
    }

    /** Bytes sent to the peer so far. */
    public void sent(long bytes) {
        sent = bytes;
    }

    /** One more prefix that is routed to the peer; the length must suit the family. */
    public void allowedIp(IpFamily family, long high, long low, int length) {
        if (prefixLongs == prefixes.length) {
            prefixes = Arrays.copyOf(prefixes, prefixes.length * 2);
        }
        prefixes[prefixLongs++] = high;
        prefixes[prefixLongs++] = low;
        prefixes[prefixLongs++] = (long) length << 1 | (family == IpFamily.V6 ? 1 : 0);
    }

    /** The dump is complete. Peers that it did not name are gone. */
    public WireGuardDevice finish(int interfaceIndex, String name) {
        endPeer();
        boolean removed = slots.values().removeIf(slot -> slot.round != round);
        var before = finished;
        if (before != null
                && !anyChanged
                && !removed
                && before.interfaceIndex() == interfaceIndex
                && before.name().equals(name)
                && before.listenPort() == listenPort
                && before.mark() == mark
                && before.publicKey().equals(publicKey)) {
            return before;
        }
        var all = new ArrayList<WireGuardPeer>(slots.size());
        for (var slot : slots.values()) {
            var peer = slot.fresh();
            slot.settled = peer;
            all.add(peer);
        }
        var device = new WireGuardDevice(interfaceIndex, name, publicKey, listenPort, mark, all);
        finished = device;
        return device;
    }

    private void clear() {
        endpointFamily = null;
        keepalive = 0;
        handshakeSeconds = 0;
        handshakeNanos = 0;
        received = 0;
        sent = 0;
        prefixLongs = 0;
    }

    private void resume(WireGuardPeer peer) {
        clear();
        peer.endpoint()
                .ifPresent(at -> endpoint(
                        at.address().family(), at.address().high(), at.address().low(), at.port()));
        keepalive = peer.keepaliveSeconds();
        handshakeSeconds = peer.handshakeSeconds();
        handshakeNanos = peer.handshakeNanos();
        received = peer.receivedBytes();
        sent = peer.sentBytes();
        for (var prefix : peer.allowedIps()) {
            allowedIp(prefix.family(), prefix.address().high(), prefix.address().low(), prefix.length());
        }
    }

    private void endPeer() {
        var slot = current;
        if (slot == null) {
            return;
        }
        current = null;
        var before = slot.settled;
        boolean sameEndpoint = before != null && isEndpoint(before.endpoint());
        boolean samePrefixes = before != null && isPrefixes(before.allowedIps());
        if (before != null
                && sameEndpoint
                && samePrefixes
                && before.keepaliveSeconds() == keepalive
                && before.handshakeSeconds() == handshakeSeconds
                && before.handshakeNanos() == handshakeNanos
                && before.receivedBytes() == received
                && before.sentBytes() == sent) {
            slot.fresh = before;
            return;
        }
        anyChanged = true;
        slot.fresh = new WireGuardPeer(
                slot.key,
                before != null && sameEndpoint ? before.endpoint() : newEndpoint(),
                keepalive,
                handshakeSeconds,
                handshakeNanos,
                received,
                sent,
                before != null && samePrefixes ? before.allowedIps() : newPrefixes());
    }

    private boolean isEndpoint(Optional<Endpoint> known) {
        if (known.isEmpty()) {
            return endpointFamily == null;
        }
        var address = known.get().address();
        return address.family() == endpointFamily
                && address.high() == endpointHigh
                && address.low() == endpointLow
                && known.get().port() == endpointPort;
    }

    private Optional<Endpoint> newEndpoint() {
        var family = endpointFamily;
        return family == null
                ? Optional.empty()
                : Optional.of(new Endpoint(new IpAddress(family, endpointHigh, endpointLow), endpointPort));
    }

    private boolean isPrefixes(List<IpPrefix> known) {
        if (known.size() * LONGS_PER_PREFIX != prefixLongs) {
            return false;
        }
        for (int i = 0; i < known.size(); i++) {
            var prefix = known.get(i);
            int at = i * LONGS_PER_PREFIX;
            if (prefix.address().high() != prefixes[at]
                    || prefix.address().low() != prefixes[at + 1]
                    || ((long) prefix.length() << 1 | (prefix.family() == IpFamily.V6 ? 1 : 0)) != prefixes[at + 2]) {
                return false;
            }
        }
        return true;
    }

    private List<IpPrefix> newPrefixes() {
        var made = new ArrayList<IpPrefix>(prefixLongs / LONGS_PER_PREFIX);
        for (int at = 0; at < prefixLongs; at += LONGS_PER_PREFIX) {
            var family = (prefixes[at + 2] & 1) == 1 ? IpFamily.V6 : IpFamily.V4;
            made.add(new IpPrefix(
                    new IpAddress(family, prefixes[at], prefixes[at + 1]), (int) (prefixes[at + 2] >>> 1)));
        }
        return made;
    }

    /** A peer's place: what was finished last, and what the present dump says. */
    private static final class Slot {
        final WireGuardKey key;
        int round;
        // Null until a dump with this peer was finished.
        @Nullable
        WireGuardPeer settled;
        // Null until the peer was told to its end.
        @Nullable
        WireGuardPeer fresh;

        Slot(WireGuardKey key) {
            this.key = key;
        }

        WireGuardPeer fresh() {
            var told = fresh;
            if (told == null) {
                throw new IllegalStateException("a peer that was not told to its end");
            }
            return told;
        }
    }
}
