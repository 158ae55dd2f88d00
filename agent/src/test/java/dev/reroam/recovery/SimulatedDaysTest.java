package dev.reroam.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.Standing.Verdict;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Days with failovers, flapping uplinks and far sides that are switched off, in a world that knows the truth: what carries
 * or is merely quiet is never touched by more than a refresh, and what can carry does so in the end.
 */
class SimulatedDaysTest {

    private static final int EVENTS = 400;

    static LongStream seeds() {
        Long only = Long.getLong("seed");
        return only == null ? LongStream.range(0, 20) : LongStream.of(only);
    }

    private final World world = new World();
    private final Set<World.Peer> off = new HashSet<>();
    private final Map<World.Peer, Long> backAt = new HashMap<>();
    private final Set<World.Peer> everOff = new HashSet<>();
    private final Set<World.Peer> sleepers = new HashSet<>();

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void nothingThatCarriesIsTouched(long seed) {
        var random = new Random(seed);
        people(random);
        world.start();
        boolean onFirst = true;
        for (int i = 0; i < EVENTS; i++) {
            String where = "seed " + seed + ", event " + i;
            world.watcher = action -> watch(action, where);
            live(random, random.nextInt(4) == 0 ? random.nextInt(600) : random.nextInt(5));
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> {
                    // Away from a cable that was pulled, or by a rule, or back again.
                    onFirst = !onFirst;
                    world.dead.clear();
                    boolean pulled = random.nextBoolean();
                    if (pulled && random.nextBoolean()) {
                        world.dead.add(onFirst ? 2 : 1);
                    }
                    world.peers.values().forEach(peer -> peer.eaten = random.nextInt(3) == 0 ? 1 : 0);
                    world.route(
                            onFirst ? World.WAN1 : World.WAN2,
                            pulled ? new Integer[] {onFirst ? 2 : 1} : new Integer[0]);
                }
                case 3 -> world.disturb(1 + random.nextInt(2));
                // The WAN changed upstream, or a pool of addresses only looks so: what carries still does.
                case 6, 7 ->
                    world.seen(
                            1 + random.nextInt(2),
                            "203.0.113." + (1 + random.nextInt(3)),
                            "203.0.113." + (1 + random.nextInt(3)));
                case 4 -> {
                    world.route(World.NO_WAY, 1, 2);
                    live(random, random.nextInt(20));
                    world.dead.clear();
                    world.route(onFirst ? World.WAN1 : World.WAN2);
                }
                default ->
                    world.peers.values().stream()
                            .skip(random.nextInt(world.peers.size()))
                            .findFirst()
                            .filter(peer -> !sleepers.contains(peer))
                            .ifPresent(peer -> {
                                boolean goes = random.nextInt(3) == 0 && off.add(peer);
                                everOff.addAll(off);
                                peer.passes = path -> !goes;
                                if (!goes && off.remove(peer)) {
                                    backAt.put(peer, world.now);
                                }
                            });
            }
            lookAtStandings(where);
        }
        world.dead.clear();
        world.route(World.WAN1, 2);
        live(random, 700);
        lookAtStandings("seed " + seed + ", end");
        assertEquals(Optional.empty(), world.state.incident(), "seed " + seed);
        for (World.Peer peer : world.peers.values()) {
            Standing standing = world.state.tunnels().get(peer.id).standing();
            if (!off.contains(peer) && !sleepers.contains(peer) && peer.keepalive > 0) {
                assertTrue(standing instanceof Standing.Resting, "seed " + seed + ": " + peer.id + " " + standing);
                assertTrue(peer.carries(), "seed " + seed + ": " + peer.id);
            }
        }
        assertEquals(
                world.notes(NoteKind.OPENED).size(),
                world.notes(NoteKind.CLOSED).size());
    }

    private void people(Random random) {
        for (String device : List.of("client", "hub", "pair")) {
            world.device(
                    device,
                    random.nextBoolean() ? DeviceKind.KERNEL : DeviceKind.USERSPACE,
                    device.equals("hub") ? PortUse.FIXED : PortUse.FREE);
            int peers = device.equals("client") ? 1 : device.equals("pair") ? 2 : 8;
            for (int i = 0; i < peers; i++) {
                boolean sleeps = device.equals("hub") && i >= 4;
                World.Peer peer = sleeps ? world.asleep(device, "p" + i) : world.active(device, "p" + i);
                if (sleeps) {
                    sleepers.add(peer);
                    peer.passes = path -> false;
                }
                peer.keepalive = random.nextInt(3) == 0 ? 0 : 25;
                peer.echoes = random.nextInt(3) > 0;
                peer.probe = random.nextInt(3) > 0 ? peer.probe : Optional.empty();
                peer.roundTrip = (1 + random.nextInt(300)) * World.MS;
            }
        }
    }

    /** Seconds of life: handshakes every two minutes where a keepalive asks for them, retries with a fresh source. */
    private void live(Random random, int seconds) {
        for (int s = 0; s <= seconds; s += 5) {
            world.advance(Math.min(5, Math.max(1, seconds - s)) * World.SECOND);
            for (World.Peer peer : world.peers.values()) {
                boolean speaks = peer.keepalive > 0 && !sleepers.contains(peer);
                long age = world.now - peer.handshakeAt;
                if (speaks && age > 120 * World.SECOND) {
                    peer.sent += 148;
                    if (!peer.carries()) {
                        // Each retransmitted handshake forgets the source.
                        peer.using = peer.way;
                    } else {
                        peer.handshakeAt = world.now;
                        peer.received += 92;
                    }
                } else if (speaks && random.nextInt(5) == 0) {
                    peer.sent += 32;
                }
            }
            if (s % 60 == 0) {
                List.copyOf(world.devices.keySet()).forEach(world::read);
            }
        }
    }

    private void watch(Action action, String where) {
        if (!(action instanceof Action.Rebind || action instanceof Action.NewPort)) {
            return;
        }
        String device = ((Action.Repair) action).device().name();
        for (World.Peer peer : world.peers.values()) {
            Standing standing = world.state.tunnels().get(peer.id).standing();
            // A rebind keeps the port: one that is merely quiet has nothing to lose by it.
            boolean quiet = standing instanceof Standing.Quiet && action instanceof Action.Rebind;
            // Without a handshake for 180 s there is no session that could lose anything (REJECT_AFTER_TIME).
            boolean session = world.now - peer.handshakeAt < 180 * World.SECOND;
            // One that was switched on again may still owe the answer to what was sent before.
            boolean on = world.now - backAt.getOrDefault(peer, Long.MIN_VALUE / 2) > 15 * World.SECOND;
            boolean carries = session && on && !off.contains(peer) && !sleepers.contains(peer) && peer.carries();
            assertTrue(
                    !peer.id.device().equals(device) || !carries || quiet,
                    () -> where + ": " + action + " touches " + peer.id + ", which carries and is " + standing);
        }
    }

    private void lookAtStandings(String where) {
        for (World.Peer peer : world.peers.values()) {
            Standing standing = world.state.tunnels().get(peer.id).standing();
            boolean person = standing instanceof Standing.GivenUp up && up.verdict() == Verdict.NEEDS_PERSON;
            assertTrue(!person || everOff.contains(peer), where + ": " + peer.id + " needs nobody");
        }
    }
}
