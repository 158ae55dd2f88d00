package dev.reroam.tunnel.wireguard.see;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpPrefix;
import dev.reroam.linux.wireguard.WireGuardDevice;
import dev.reroam.linux.wireguard.WireGuardKey;
import dev.reroam.linux.wireguard.WireGuardPeer;
import dev.reroam.recovery.PeerFacts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the brain was told of one device's peers, and so what is news in the next dump. Confined to the agent loop.
 *
 * <p>Dumps come from one {@code DeviceAssembly}, which keeps what did not change: an unchanged peer is the same object, and
 * costs nothing here.
 */
final class PeerBook {

    private final Map<String, IpAddress> probes;
    private final InnerAddresses inner = new InnerAddresses(peer -> probe(peer).isPresent());
    private final Map<WireGuardKey, Known> known = new HashMap<>();
    // Null before the first dump.
    private @Nullable WireGuardDevice device;
    private Optional<Moment> moment = Optional.empty();

    /** @param probes configured inner addresses, by public key in base64 */
    PeerBook(Map<String, IpAddress> probes) {
        this.probes = probes;
    }

    /** What a dump brought. */
    record News(List<PeerFacts> changed, List<String> removed) {}

    /** Takes a dump in. */
    @SuppressWarnings("ReferenceEquality") // what did not change is the same object, see DeviceAssembly
    News onDump(WireGuardDevice told, Moment when) {
        var before = device;
        var dumpBefore = moment;
        device = told;
        moment = Optional.of(when);
        var seenAnew = inner.onDump(told, when);
        if (before == told && seenAnew.isEmpty()) {
            return new News(List.of(), List.of());
        }
        var changed = new ArrayList<PeerFacts>();
        for (var peer : told.peers()) {
            var entry = known.get(peer.publicKey());
            if (entry == null) {
                entry = new Known(peer.publicKey().base64());
                known.put(peer.publicKey(), entry);
            }
            if (entry.peer != peer || seenAnew.contains(peer.publicKey())) {
                entry.take(peer, dumpBefore, when).ifPresent(changed::add);
            }
        }
        return new News(changed, known.size() == told.peers().size() ? List.of() : removed(told));
    }

    /** Who was seen inside the tunnels; the next dump tells what is new of that. */
    InnerAddresses inner() {
        return inner;
    }

    private Optional<IpAddress> probe(WireGuardPeer told) {
        var configured = Optional.ofNullable(probes.get(told.publicKey().base64()));
        return configured.isPresent()
                ? configured
                : told.allowedIps().stream()
                        .filter(IpPrefix::isHost)
                        .map(IpPrefix::address)
                        .findFirst();
    }

    private List<String> removed(WireGuardDevice told) {
        var present = new HashSet<WireGuardKey>();
        told.peers().forEach(peer -> present.add(peer.publicKey()));
        var removed = new ArrayList<String>();
        known.entrySet().removeIf(entry -> {
            boolean gone = !present.contains(entry.getKey());
            if (gone) {
                removed.add(entry.getValue().key);
            }
            return gone;
        });
        return removed;
    }

    private final class Known {
        private final String key;
        // Both null until the first dump that has this peer.
        private @Nullable WireGuardPeer peer;
        private @Nullable PeerFacts facts;

        Known(String key) {
            this.key = key;
        }

        /** The facts, unless they are what they were. */
        Optional<PeerFacts> take(WireGuardPeer told, Optional<Moment> before, Moment when) {
            var was = facts;
            var probe = probe(told);
            var now = new PeerFacts(
                    key,
                    told.endpoint(),
                    told.keepaliveSeconds(),
                    handshakeAt(told, before, when),
                    told.receivedBytes(),
                    told.sentBytes(),
                    probe,
                    probe.isPresent() ? Optional.empty() : inner.lastSeen(told.publicKey()),
                    Coverage.everything(told.allowedIps()));
            peer = told;
            facts = now;
            return now.equals(was) ? Optional.empty() : Optional.of(now);
        }

        private long handshakeAt(WireGuardPeer told, Optional<Moment> before, Moment when) {
            var last = peer;
            var was = facts;
            if (last != null
                    && was != null
                    && last.handshakeSeconds() == told.handshakeSeconds()
                    && last.handshakeNanos() == told.handshakeNanos()) {
                return was.handshakeAt();
            }
            return when.handshakeAt(before, told.handshakeSeconds(), told.handshakeNanos());
        }
    }
}
