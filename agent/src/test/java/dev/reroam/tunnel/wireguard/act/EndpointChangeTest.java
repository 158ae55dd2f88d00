package dev.reroam.tunnel.wireguard.act;

import static dev.reroam.tunnel.wireguard.act.RepairBench.DEVICE;
import static dev.reroam.tunnel.wireguard.act.RepairBench.DONE;
import static dev.reroam.tunnel.wireguard.act.RepairBench.HEX;
import static dev.reroam.tunnel.wireguard.act.RepairBench.KERNEL;
import static dev.reroam.tunnel.wireguard.act.RepairBench.KEY;
import static dev.reroam.tunnel.wireguard.act.RepairBench.refresh;
import static dev.reroam.tunnel.wireguard.act.RepairBench.told;
import static dev.reroam.tunnel.wireguard.act.RepairBench.withPeer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.wireguard.WireGuardDevice;
import dev.reroam.linux.wireguard.WireGuardKey;
import dev.reroam.linux.wireguard.WireGuardPeer;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.DeviceFacts;
import dev.reroam.recovery.Observation.RepairOutcome;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Sending a peer's packets to another endpoint. */
class EndpointChangeTest {

    private static final String HERE = "192.0.2.1:51820";
    private static final String THERE = "192.0.2.2:51820";

    @RegisterExtension
    private final RepairBench bench = new RepairBench();

    @Test
    void theRefreshThatFollowsGoesThere() throws Exception {
        bench.daemon.will(withPeer(HERE, 25)).will(DONE);
        assertEquals(new RepairOutcome.Done(), bench.perform(move(DEVICE)));
        assertEquals(
                "set=1\npublic_key=" + HEX + "\nupdate_only=true\nendpoint=" + THERE + "\n\n",
                bench.daemon.asked.getLast());
        bench.daemon.will(withPeer(THERE, 25)).will(DONE);
        assertEquals(new RepairOutcome.Done(), bench.perform(refresh(DEVICE, HERE, 25)));
        assertTrue(bench.daemon.asked.getLast().contains("endpoint=" + THERE + "\n"), bench.daemon.asked.getLast());
        assertTrue(bench.ledger.log.isEmpty());
    }

    @Test
    void isMadeOnTheKernel() throws Exception {
        var peer = new WireGuardPeer(
                WireGuardKey.parseBase64(KEY), Optional.of(Endpoint.parse(HERE)), 17, 0, 0, 0, 0, List.of());
        bench.kernel.devices.put(5, new WireGuardDevice(5, "wg0", Optional.empty(), 7, 0x51, List.of(peer)));
        assertEquals(new RepairOutcome.Done(), bench.perform(move(KERNEL)));
        assertEquals(List.of("endpoint 5 " + KEY + " " + THERE), bench.kernel.log);
    }

    @Test
    void leavesAPeerWhereItMovedByItself() throws Exception {
        bench.daemon.will(withPeer("[2001:db8::9]:9", 17));
        assertEquals(new RepairOutcome.NotWanted(), bench.perform(move(DEVICE)));
        bench.daemon.will(told(7));
        assertEquals(new RepairOutcome.Vanished(), bench.perform(move(DEVICE)));
        bench.daemon.will(withPeer(HERE, 25));
        assertEquals(
                new RepairOutcome.NotWanted(),
                bench.outcome(then -> bench.repair.perform(move(DEVICE), () -> false, then)));
        assertTrue(bench.daemon.asked.stream().noneMatch(asked -> asked.startsWith("set")));
    }

    private static Action.SetEndpoint move(DeviceFacts device) {
        return new Action.SetEndpoint(1, device, KEY, Endpoint.parse(HERE), Endpoint.parse(THERE));
    }
}
