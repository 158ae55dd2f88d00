package dev.reroam.tunnel.wireguard.see;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpPrefix;
import dev.reroam.linux.wireguard.WireGuardDevice;
import dev.reroam.linux.wireguard.WireGuardKey;
import dev.reroam.linux.wireguard.WireGuardPeer;
import dev.reroam.recovery.PeerFacts;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Who was seen inside the tunnels of one device, for each peer that names nobody who could be asked. Confined to the agent
 * loop.
 */
final class InnerAddresses implements InnerSampling.Wanting {

    /** Ours: what keepalives and a handshake bring in the minute between two dumps; more is traffic. */
    private static final long IDLE_BYTES = 512;
    /** Ours: who was seen longer ago may be gone for good. */
    private static final long SEEN_FOR_NANOS = TimeUnit.HOURS.toNanos(1);

    private final Predicate<WireGuardPeer> names;
    private final Map<WireGuardKey, Known> known = new HashMap<>();
    private final Set<WireGuardKey> news = new HashSet<>();
    private CryptokeyRouting routing = new CryptokeyRouting(List.of());
    private long latest = PeerFacts.NEVER;

    /** @param names whether a peer has an address that is asked in any case */
    InnerAddresses(Predicate<WireGuardPeer> names) {
        this.names = names;
    }

    /** Takes a dump in; the peers of which something else is known than at the dump before. */
    @SuppressWarnings("ReferenceEquality") // what did not change is the same object, see DeviceAssembly
    Set<WireGuardKey> onDump(WireGuardDevice told, Moment when) {
        latest = when.toldAt();
        boolean rerouted = told.peers().size() != known.size();
        for (var peer : told.peers()) {
            var entry = known.get(peer.publicKey());
            if (entry == null || entry.peer != peer) {
                rerouted |= entry == null || !entry.peer.allowedIps().equals(peer.allowedIps());
                known.computeIfAbsent(peer.publicKey(), key -> new Known(peer)).take(peer);
            }
        }
        if (rerouted) {
            reroute(told);
        }
        var changed = Set.copyOf(news);
        news.clear();
        return changed;
    }

    /** Where another peer has an address now, its answer would be taken for that of the one who had it. */
    private void reroute(WireGuardDevice told) {
        routing = new CryptokeyRouting(told.peers());
        var present = new HashSet<WireGuardKey>();
        told.peers().forEach(peer -> present.add(peer.publicKey()));
        known.keySet().retainAll(present);
        known.forEach((key, entry) -> {
            if (entry.seen.filter(address -> !isAskable(key, entry, address)).isPresent()) {
                entry.seen = Optional.empty();
                news.add(key);
            }
        });
    }

    private boolean isAskable(WireGuardKey key, Known entry, IpAddress address) {
        return routing.peer(address).equals(Optional.of(key))
                && Askable.isHost(address)
                && Askable.networks(entry.peer.allowedIps()).stream().anyMatch(network -> network.contains(address));
    }

    /** The address that a peer was last seen to send from; empty where there is none, or it is the peer's no more. */
    Optional<IpAddress> lastSeen(WireGuardKey peer) {
        return Optional.ofNullable(known.get(peer)).flatMap(entry -> entry.seen);
    }

    @Override
    public List<IpPrefix> wanted() {
        var networks = new LinkedHashSet<IpPrefix>();
        known.values().stream()
                .filter(Known::isWanted)
                .forEach(entry -> networks.addAll(Askable.networks(entry.peer.allowedIps())));
        return List.copyOf(networks);
    }

    @Override
    public boolean heard(IpAddress source) {
        var key = routing.peer(source);
        var entry = key.map(known::get).filter(Known::isWanted);
        if (entry.isEmpty() || !isAskable(key.get(), entry.get(), source)) {
            return false;
        }
        entry.get().seen = Optional.of(source);
        entry.get().seenAt = latest;
        news.add(key.get());
        return true;
    }

    private final class Known {
        private WireGuardPeer peer;
        private long received;
        private long talkedAt = PeerFacts.NEVER;
        private Optional<IpAddress> seen = Optional.empty();
        private long seenAt = PeerFacts.NEVER;

        Known(WireGuardPeer peer) {
            this.peer = peer;
        }

        void take(WireGuardPeer told) {
            peer = told;
            if (told.receivedBytes() - received > IDLE_BYTES) {
                talkedAt = latest;
            }
            received = told.receivedBytes();
        }

        /** It sent more than keepalives just now, names nobody, and was not seen lately. */
        boolean isWanted() {
            return talkedAt != PeerFacts.NEVER
                    && latest - talkedAt <= InnerSampling.LISTENS_NANOS
                    && (seen.isEmpty() || latest - seenAt > SEEN_FOR_NANOS)
                    && !names.test(peer);
        }
    }
}
