package dev.reroam.tunnel.tailscale.act;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.NodeFacts;
import dev.reroam.recovery.Observation.NodeKicked;
import dev.reroam.recovery.Observation.NodePinged;
import dev.reroam.recovery.Observation.RepairOutcome;
import dev.reroam.tunnel.tailscale.FakeTailscaled;
import dev.reroam.tunnel.tailscale.LocalApi;
import dev.reroam.tunnel.wireguard.TestLoop;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What tailscaled is told, on a real socket. */
@Timeout(60)
class NodeRepairTest {

    private static final NodeFacts.Peer LAPTOP = new NodeFacts.Peer("laptop", IpAddress.parse("100.64.0.2"), true);

    @TempDir
    Path folder;

    private final TestLoop loop = new TestLoop();
    private FakeTailscaled daemon;
    private LocalApi api;

    @BeforeEach
    void begin() throws Exception {
        daemon = new FakeTailscaled(folder.resolve("ts.sock"));
        api = new LocalApi(loop.loop(), folder.resolve("ts.sock"), LocalApi.DEADLINE_MILLIS);
    }

    @AfterEach
    void end() throws Exception {
        daemon.close();
        loop.close();
    }

    private RepairOutcome kick(String... words) throws Exception {
        var ended = new CompletableFuture<NodeKicked>();
        loop.on(() -> {
            NodeRepair.kick(api, new Action.KickNode(7, List.of(words)), ended::complete);
            return true;
        });
        var kicked = ended.get(20, TimeUnit.SECONDS);
        assertEquals(7, kicked.repair());
        return kicked.outcome();
    }

    private NodePinged ping() throws Exception {
        var ended = new CompletableFuture<NodePinged>();
        loop.on(() -> {
            NodeRepair.ping(api, new Action.PingNode(9, LAPTOP), ended::complete);
            return true;
        });
        return ended.get(20, TimeUnit.SECONDS);
    }

    @Test
    void saysOneWordAfterTheOther() throws Exception {
        daemon.answers("debug", 200, "done\n");
        assertEquals(new RepairOutcome.Done(), kick("rebind", "restun"));
        assertEquals(
                List.of(
                        "POST /localapi/v0/debug?action=rebind HTTP/1.1",
                        "POST /localapi/v0/debug?action=restun HTTP/1.1"),
                daemon.asked);
    }

    @Test
    void endsAtTheFirstRefusalWithTheDaemonsOwnWord() throws Exception {
        daemon.answers("debug", 403, "debug access denied\n");
        var refused = assertInstanceOf(RepairOutcome.Refused.class, kick("rebind", "restun"));
        assertEquals(new RepairOutcome.Refused("rebind", "", "HTTP 403 debug access denied"), refused);
        assertEquals(1, daemon.asked.size());
    }

    @Test
    void oneThatHangsUpIsARefusal() throws Exception {
        daemon.sends("debug", FakeTailscaled.HANG_UP);
        assertEquals(
                "rebind",
                assertInstanceOf(RepairOutcome.Refused.class, kick("rebind")).operation());
    }

    @Test
    void oneThatIsGoneIsARefusal() throws Exception {
        daemon.close();
        assertInstanceOf(RepairOutcome.Refused.class, kick("rebind"));
    }

    @Test
    void pingsAlongTheWayThatPacketsTake() throws Exception {
        daemon.answers("ping", 200, "{\"LatencySeconds\":0.02,\"Endpoint\":\"203.0.113.9:41641\"}");
        assertEquals(new NodePinged(9, "laptop", true, OptionalLong.of(20_000_000)), ping());
        assertEquals(List.of("POST /localapi/v0/ping?ip=100.64.0.2&type=disco HTTP/1.1"), daemon.asked);
    }

    @Test
    void noAnswerIsOneWithoutATime() throws Exception {
        daemon.answers("ping", 200, "{\"Err\":\"timeout\"}");
        assertTrue(ping().roundTripNanos().isEmpty());
        daemon.answers("ping", 500, "no such peer");
        assertTrue(ping().roundTripNanos().isEmpty());
        daemon.answers("ping", 200, "pong");
        assertTrue(ping().roundTripNanos().isEmpty());
    }
}
