package dev.reroam.tests.simulation;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.recovery.DeviceFacts;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.Observation;
import dev.reroam.recovery.PeerFacts;
import dev.reroam.tests.simulation.world.Chance;
import dev.reroam.tests.simulation.world.Plan;
import dev.reroam.tests.simulation.world.Traffic;
import dev.reroam.tests.simulation.world.VirtualTime;
import dev.reroam.tests.simulation.world.WgDevice;
import dev.reroam.tests.simulation.world.WgPeer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads one device and tells the brain what is different, as {@code DeviceWatch} and {@code DeviceTeller} do. One life's.
 */
final class DeviceEye {

    private static final IpAddress PROBE = IpAddress.parse("10.255.0.1");

    private final Life life;
    private final WgDevice device;
    private final Plan.OfDevice plan;
    private final Map<String, Plan.OfPeer> peers;
    private final WallClock wall;
    private final Chance chance;
    private final Consumer<Observation> brain;
    private final Map<String, PeerFacts> told = new TreeMap<>();
    // The stamp that a handshake had, so that it is computed once.
    private final Map<String, Long> stamps = new TreeMap<>();
    private WallClock.@Nullable Moment before;
    private @Nullable DeviceFacts known;
    private boolean reading;
    private boolean again;

    DeviceEye(
            Life life,
            WgDevice device,
            Plan.OfDevice plan,
            Map<String, Plan.OfPeer> peers,
            WallClock wall,
            Chance chance,
            Consumer<Observation> brain) {
        this.life = life;
        this.device = device;
        this.plan = plan;
        this.peers = peers;
        this.wall = wall;
        this.chance = chance;
        this.brain = brain;
    }

    /** Reads; while that lasts, further wishes are one. */
    void read() {
        if (reading) {
            again = true;
            return;
        }
        reading = true;
        long askedAt = life.now();
        long most = plan.kernel() ? 2 * VirtualTime.MILLI : 8 * VirtualTime.MILLI;
        life.in(chance.between(100 * VirtualTime.MICRO, most), () -> {
            reading = false;
            tell(askedAt);
            if (again) {
                again = false;
                read();
            }
        });
    }

    private void tell(long askedAt) {
        DeviceFacts was = known;
        if (!device.up()) {
            if (was != null) {
                gone("the interface is gone");
            }
            return;
        }
        if (was != null && was.interfaceIndex() != device.index()) {
            gone("it is another device now");
        }
        var now = new WallClock.Moment(askedAt, life.now(), wall.realtime(life.now()));
        var changed = new ArrayList<PeerFacts>();
        for (WgPeer peer : device.peers()) {
            PeerFacts facts = facts(peer, now);
            if (!facts.equals(told.put(peer.key(), facts))) {
                changed.add(facts);
            }
        }
        before = now;
        DeviceFacts facts = facts();
        known = facts;
        brain.accept(new Observation.DeviceSeen(facts, changed, List.of()));
    }

    private void gone(String why) {
        known = null;
        before = null;
        told.clear();
        stamps.clear();
        brain.accept(new Observation.DeviceGone(device.name(), why));
    }

    DeviceFacts facts() {
        DeviceKind kind =
                plan.watchedOnly() ? DeviceKind.OBSERVED : plan.kernel() ? DeviceKind.KERNEL : DeviceKind.USERSPACE;
        return new DeviceFacts(
                device.name(),
                device.index(),
                kind,
                device.key(),
                device.port(),
                0,
                plan.free() ? PortUse.FREE : PortUse.FIXED);
    }

    private PeerFacts facts(WgPeer peer, WallClock.Moment now) {
        Plan.OfPeer of = peers.get(peer.key());
        boolean probe = of != null && of.probe();
        boolean everything = of != null && of.everything();
        PeerFacts was = told.get(peer.key());
        boolean same =
                was != null && Long.valueOf(peer.handshakeAt()).equals(stamps.put(peer.key(), peer.handshakeAt()));
        WallClock.Moment earlier = before;
        long handshakeAt = was != null && same
                ? was.handshakeAt()
                : wall.seen(peer.handshakeAt(), earlier == null ? now : earlier, now, earlier == null);
        stamps.put(peer.key(), peer.handshakeAt());
        return new PeerFacts(
                peer.key(),
                peer.endpoint(),
                peer.keepalive(),
                handshakeAt,
                peer.received(),
                peer.sent(),
                probe ? Optional.of(PROBE) : Optional.empty(),
                probe || !wasHeard(of, peer) ? Optional.empty() : Optional.of(PROBE),
                everything ? Set.of(IpFamily.V4) : Set.of());
    }

    /** Whoever sends through the tunnel is seen there by a sampled packet. */
    private static boolean wasHeard(Plan.@Nullable OfPeer plan, WgPeer peer) {
        return plan != null
                && peer.handshakeAt() != WgPeer.NEVER
                && plan.traffic() != Traffic.Pattern.NONE
                && plan.traffic() != Traffic.Pattern.ONLY_OUT;
    }
}
