package dev.reroam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.reroam.config.Mode;
import dev.reroam.linux.ip.Endpoint;
import dev.reroam.loop.VirtualLoop;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.DeviceFacts;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.Ladder;
import dev.reroam.recovery.NodeFacts;
import dev.reroam.recovery.Observation;
import dev.reroam.recovery.PeerFacts;
import dev.reroam.recovery.Recovery;
import dev.reroam.recovery.RecoveryConfig;
import dev.reroam.recovery.RecoveryState;
import dev.reroam.web.Api.Recovering;
import dev.reroam.web.TunnelSelector;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a wish at the control socket starts, on a server whose peers are mostly away. */
class RecoveryWishesTest {

    private static final int AWAY = 990;

    private final VirtualLoop time = new VirtualLoop();
    private final RecoveryConfig config = RecoveryConfig.standard(false);
    private final List<Action> done = new ArrayList<>();
    private final RecoveryLoop loop = new RecoveryLoop(
            time.loop(),
            time.clock(),
            new Recovery(Ladder.standard(), config),
            RecoveryState.initial(),
            (before, observation, now, step) -> {},
            done::add);

    @BeforeEach
    void readsTwoDevices() {
        time.jump(1, TimeUnit.HOURS);
        var server = new ArrayList<PeerFacts>();
        server.add(peer("awake-on-the-server", loop.now()));
        for (int i = 0; i < AWAY; i++) {
            server.add(peer("away-%03d-on-the-server".formatted(i), PeerFacts.NEVER));
        }
        read("wg0", 7, server);
        read("wg1", 8, List.of(peer("awake-elsewhere", loop.now())));
        done.clear();
    }

    private void read(String device, int index, List<PeerFacts> peers) {
        loop.observe(new Observation.DeviceSeen(
                new DeviceFacts(device, index, DeviceKind.KERNEL, "key", 51820, 0, PortUse.FIXED), peers, List.of()));
    }

    private static PeerFacts peer(String key, long handshakeAt) {
        return new PeerFacts(
                key,
                Optional.of(Endpoint.parse("198.51.100.9:51820")),
                25,
                handshakeAt,
                0,
                0,
                Optional.empty(),
                Optional.empty(),
                Set.of());
    }

    private void node(NodeFacts.Condition condition) {
        loop.observe(new Observation.NodeSeen(
                new NodeFacts("nas", condition, true, true, 41_641, NodeFacts.Marks.NONE, List.of())));
    }

    @Test
    void theNodeIsOneOfAll() {
        node(NodeFacts.Condition.RUNNING);
        var all = assertInstanceOf(Recovering.Started.class, recover(""));
        assertEquals("tailscale/nas", all.tunnels().getLast());
        assertEquals(1, done.stream().filter(Action.KickNode.class::isInstance).count());
    }

    @Test
    void theNodeCanBeMeantAlone() {
        node(NodeFacts.Condition.RUNNING);
        assertEquals(new Recovering.Started(List.of("tailscale/nas")), recover("tailscale"));
        assertEquals(
                List.of(List.of("rebind", "restun")),
                done.stream()
                        .filter(Action.KickNode.class::isInstance)
                        .map(kick -> ((Action.KickNode) kick).words())
                        .toList());
        assertEquals(0, done.stream().filter(Action.Refresh.class::isInstance).count());
    }

    @Test
    void aNodeThatIsAPersonsIsRefused() {
        assertInstanceOf(Recovering.NoSuchTunnel.class, recover("tailscale"));
        node(NodeFacts.Condition.PERSONS);
        assertInstanceOf(Recovering.Refused.class, recover("tailscale/nas"));
        assertEquals(0, done.stream().filter(Action.KickNode.class::isInstance).count());
    }

    private Recovering recover(String text) {
        return new RecoveryWishes(Mode.REPAIR, config, loop)
                .take(text.isEmpty() ? TunnelSelector.ALL : TunnelSelector.of(text));
    }

    private List<String> refreshed() {
        return done.stream()
                .filter(Action.Refresh.class::isInstance)
                .map(Action.Refresh.class::cast)
                .flatMap(refresh -> refresh.peers().stream())
                .map(Action.PeerRefresh::key)
                .toList();
    }

    @Test
    void reachesAllThatShowedLifeAndWakesNobody() {
        assertEquals(new Recovering.Started(List.of("wg0/awake-on", "wg1/awake-el")), recover(""));
        assertEquals(List.of("awake-on-the-server", "awake-elsewhere"), refreshed());
        assertEquals(1, done.stream().filter(Action.AskPaths.class::isInstance).count());
    }

    @Test
    void reachesWhatShowedLifeOnADevice() {
        assertEquals(new Recovering.Started(List.of("wg0/awake-on")), recover("wg0"));
        assertEquals(List.of("awake-on-the-server"), refreshed());
        assertEquals(1, done.stream().filter(Action.AskPaths.class::isInstance).count());
    }

    @Test
    void wakesTheOneThatIsNamedByItsKey() {
        assertEquals(new Recovering.Started(List.of("wg0/away-007")), recover("wg0/away-007"));
        assertEquals(List.of("away-007-on-the-server"), refreshed());
    }

    @Test
    void asksWhichOneWhereAKeyIsNotNamedFarEnough() {
        assertEquals(
                "'wg0/away-00' begins 10 keys: wg0/away-000, wg0/away-001, wg0/away-002, wg0/away-003, wg0/away-004, ...",
                assertInstanceOf(Recovering.Refused.class, recover("wg0/away-00"))
                        .why());
        assertEquals(List.of(), done);
    }

    @Test
    void knowsNoTunnelOfAnotherNameAndChangesNothingWhereItOnlyObserves() {
        assertEquals(new Recovering.NoSuchTunnel(), recover("wg9"));
        assertInstanceOf(
                Recovering.Refused.class, new RecoveryWishes(Mode.OBSERVE, config, loop).take(TunnelSelector.ALL));
        assertEquals(List.of(), done);
    }
}
