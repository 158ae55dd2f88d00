package dev.reroam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.recovery.DeviceFacts;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.Ladder;
import dev.reroam.recovery.Observation;
import dev.reroam.recovery.Path;
import dev.reroam.recovery.PeerFacts;
import dev.reroam.recovery.Recovery;
import dev.reroam.recovery.RecoveryConfig;
import dev.reroam.recovery.RecoveryState;
import dev.reroam.recovery.TunnelId;
import dev.reroam.tunnel.wireguard.see.DeviceWatch.Note;
import dev.reroam.tunnel.wireguard.see.PortVerdict;
import dev.reroam.uplink.Uplink;
import dev.reroam.web.Api;
import dev.reroam.web.TunnelSelector;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What {@code explain} says of one device that is read, one that cannot be, and one that is left alone. */
class ExplanationsTest {

    private static final RecoveryConfig CONFIG = RecoveryConfig.standard(false);
    private static final long NOW = 1_000_000_000_000L;
    private static final IpAddress GATEWAY = IpAddress.parse("192.0.2.1");
    private static final IpAddress SOURCE = IpAddress.parse("192.0.2.7");

    private final Explanations.Seen seen = new Explanations.Seen(
            Map.of("wg1", new Note("EPERM", 0), "wg0", new Note("its owner is not known", 0)),
            List.of("wg2"),
            device -> device.equals("wg0")
                    ? Optional.of(new PortVerdict(PortUse.FIXED, "51820 is named in /etc/config/network:3"))
                    : Optional.empty(),
            device -> 104);

    private static RecoveryState state() {
        var recovery = new Recovery(Ladder.standard(), CONFIG);
        var state = RecoveryState.initial();
        var endpoint = Endpoint.parse("198.51.100.9:51820");
        for (var observation : List.of(
                new Observation.DeviceSeen(
                        new DeviceFacts("wg0", 7, DeviceKind.USERSPACE, "key", 51820, 0xca6c, PortUse.FIXED),
                        List.of(peer("AbCdEfGhIj", Optional.of(endpoint)), peer("silent", Optional.empty())),
                        List.of()),
                new Observation.PathsSeen(
                        List.of(),
                        Set.of(),
                        Set.of(),
                        List.of(new Observation.PathAnswer(
                                new TunnelId("wg0", "AbCdEfGhIj"),
                                new Path.Via(3, "wan0", Optional.of(GATEWAY), SOURCE)))),
                new Observation.PublicSeen(
                        new Uplink(3, "wan0", Optional.of(GATEWAY), SOURCE),
                        Endpoint.parse("203.0.113.5:40000"),
                        Optional.empty(),
                        false))) {
            state = recovery.step(state, observation, NOW).state();
        }
        return state;
    }

    private static PeerFacts peer(String key, Optional<Endpoint> endpoint) {
        return new PeerFacts(key, endpoint, 25, NOW - 1_000_000, 0, 0, Optional.empty(), Optional.empty(), Set.of());
    }

    private Api.Explanations explain(TunnelSelector meant) {
        return Explanations.of(state(), seen, meant, NOW, CONFIG);
    }

    @Test
    void tellsTheWholeQuestionAndHowTheWorldSeesTheAnswer() {
        Api.Explanation one = explain(TunnelSelector.of("wg0/AbCd")).tunnels().getFirst();
        assertEquals("the way to 198.51.100.9:51820, udp from port 51820, mark 0xca6c, user 104", one.asked());
        assertEquals("wan0 via 192.0.2.1 from 192.0.2.7, seen from outside as 203.0.113.5:40000", one.answered());
    }

    @Test
    void tellsWhereNothingCouldBeAsked() {
        Api.Explanation one = explain(TunnelSelector.of("wg0/silent")).tunnels().getFirst();
        assertEquals("nothing: the peer has no known address", one.asked());
    }

    @Test
    void tellsWhatHoldsForEachDeviceAlsoWhereItHasNoTunnelThatCanBeRead() {
        assertEquals(
                List.of(
                        new Api.DeviceExplanation(
                                "wg0",
                                "port 51820 is fixed: 51820 is named in /etc/config/network:3;"
                                        + " only watched: its owner is not known"),
                        new Api.DeviceExplanation("wg1", "cannot be read: EPERM"),
                        new Api.DeviceExplanation("wg2", "left alone: configured so")),
                explain(TunnelSelector.ALL).devices());
        assertEquals(
                List.of(new Api.DeviceExplanation("wg1", "cannot be read: EPERM")),
                explain(TunnelSelector.of("wg1")).devices());
    }

    @Test
    void tellsNothingOfWhatIsNotThere() {
        var none = explain(TunnelSelector.of("wg9"));
        assertTrue(none.devices().isEmpty() && none.tunnels().isEmpty());
    }
}
