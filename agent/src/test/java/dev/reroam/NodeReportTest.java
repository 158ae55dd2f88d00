package dev.reroam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.tunnel.tailscale.BackendState;
import dev.reroam.tunnel.tailscale.NodeStatus;
import dev.reroam.tunnel.tailscale.NodeView;
import dev.reroam.tunnel.tailscale.NodeView.Leave;
import dev.reroam.web.StatusReport.TunnelState;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeReportTest {

    private static NodeStatus status(BackendState state, boolean expired, NodeStatus.Peer... peers) {
        return new NodeStatus(
                "1.98.10",
                state,
                true,
                List.of(),
                Optional.of(new NodeStatus.Self("nas", List.of(), List.of(), true, "fra", expired)),
                List.of(peers),
                0);
    }

    private static NodeStatus.Peer peer(boolean active, Optional<Endpoint> direct) {
        return new NodeStatus.Peer("laptop", List.of(), true, active, false, direct, "fra", "", Optional.empty(), 0, 0);
    }

    private static NodeView view(Optional<NodeStatus> status, Map<String, String> warnings, Leave leave) {
        return new NodeView(
                Path.of("/run/tailscale/tailscaled.sock"), Optional.empty(), status, Optional.empty(), warnings, leave);
    }

    private static NodeView view(NodeStatus status) {
        return view(Optional.of(status), Map.of(), Leave.GIVEN);
    }

    @ParameterizedTest
    @CsvSource({
        "NEEDS_LOGIN, NEEDS_A_PERSON, 'tailscale up'",
        "NEEDS_MACHINE_AUTH, NEEDS_A_PERSON, admin console",
        "IN_USE_OTHER_USER, NEEDS_A_PERSON, another user",
        "STOPPED, DISABLED, 'tailscale down'",
        "STARTING, RECOVERING, starting",
        "OTHER, OBSERVED, does not know",
    })
    void saysHowItIsAndWhatItTakes(BackendState state, TunnelState word, String why) {
        var said = NodeReport.of(view(status(state, false)));
        assertEquals(word, said.state());
        assertTrue(said.why().orElseThrow().contains(why), said::toString);
    }

    @Test
    void aNodeThatTalksWithSomebodyCarries() {
        var node = view(status(
                BackendState.RUNNING,
                false,
                peer(true, Optional.of(Endpoint.parse("203.0.113.9:41641"))),
                peer(true, Optional.empty()),
                peer(false, Optional.empty())));
        var said = NodeReport.of(node);
        assertEquals(new NodeReport.Said(TunnelState.CARRYING, Optional.empty()), said);
        var report = NodeReport.of(node, said, Optional.empty(), 7, at -> at);
        assertEquals("tailscale/nas", report.id());
        assertEquals(3, report.peers());
        assertEquals(2, report.active());
        assertEquals(1, report.direct());
        assertEquals(Optional.of("fra"), report.relay());
    }

    @Test
    void oneThatTalksWithNobodySleeps() {
        assertEquals(
                TunnelState.ASLEEP,
                NodeReport.of(view(status(BackendState.RUNNING, false, peer(false, Optional.empty()))))
                        .state());
    }

    @Test
    void anExpiredKeyIsAPersonsWhateverElseItSays() {
        var said = NodeReport.of(view(status(BackendState.RUNNING, true)));
        assertEquals(TunnelState.NEEDS_A_PERSON, said.state());
        assertTrue(said.why().orElseThrow().contains("--force-reauth"), said::toString);
    }

    @Test
    void aKeyThatIsUsedUpIsTold() {
        var said = NodeReport.of(view(
                Optional.of(status(BackendState.NEEDS_LOGIN, false)),
                Map.of(
                        "login-state",
                        "You are logged out. The last login error was: invalid key: API key does not exist"),
                Leave.GIVEN));
        assertTrue(said.why().orElseThrow().contains("another one"), said::toString);
    }

    @Test
    void aWarningThatItReachesNobodyIsItsState() {
        var said = NodeReport.of(view(
                Optional.of(status(BackendState.RUNNING, false, peer(true, Optional.empty()))),
                Map.of(
                        "no-derp-connection",
                        "no relay",
                        "update-available",
                        "new",
                        "tls-connection-failed",
                        "log server"),
                Leave.GIVEN));
        assertEquals(new NodeReport.Said(TunnelState.OBSERVED, Optional.of("no-derp-connection: no relay")), said);
    }

    @Test
    void oneThatMayOnlyBeWatchedSaysWhatGrantsMore() {
        var said = NodeReport.of(view(Optional.of(status(BackendState.RUNNING, false)), Map.of(), Leave.REFUSED));
        assertTrue(said.why().orElseThrow().contains("tailscale set --operator="), said::toString);
    }

    @Test
    void oneThatCannotBeReadSaysWhy() {
        assertEquals(
                TunnelState.CANNOT_BE_READ,
                NodeReport.of(view(Optional.empty(), Map.of(), Leave.UNKNOWN)).state());
        var broken = new NodeView(
                Path.of("/x"),
                Optional.of("it ended"),
                Optional.of(status(BackendState.RUNNING, false)),
                Optional.empty(),
                Map.of(),
                Leave.GIVEN);
        assertEquals(new NodeReport.Said(TunnelState.CANNOT_BE_READ, Optional.of("it ended")), NodeReport.of(broken));
    }
}
