package dev.reroam.portmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.portmap.gateway.Protocol;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Whatever a gateway does: at most one entry of ours for a port, no tight loop, a mapping once it is well, nothing left. */
class UplinkPropertyTest {

    private static final int RUNS = 300;

    @Test
    void whateverAGatewayDoesThePropertiesHold() {
        long first = Long.getLong("seed", new java.security.SecureRandom().nextLong());
        System.out.println("seed " + first);
        for (long seed = first; seed < first + RUNS; seed++) {
            run(seed);
        }
    }

    private static void run(long seed) {
        var random = new Random(seed);
        var uplink = new SimulatedUplink(seed);
        var gateway = uplink.gateway;
        gateway.igd = 1 + random.nextInt(2);
        if (random.nextInt(3) == 0) {
            gateway.speaks.remove(Protocol.PCP);
        }
        if (random.nextInt(3) == 0) {
            gateway.speaks.remove(Protocol.NAT_PMP);
        }
        if (random.nextInt(3) == 0 && !gateway.speaks.equals(Set.of(Protocol.UPNP))) {
            gateway.speaks.remove(Protocol.UPNP);
        }
        if (gateway.speaks.isEmpty()) {
            gateway.speaks.add(Protocol.NAT_PMP);
        }
        uplink.want(51820);
        for (int i = 0; i < 40; i++) {
            int heard = uplink.heard();
            int steps = uplink.steps;
            trouble(uplink, random);
            long seconds = random.nextInt(4) == 0 ? random.nextInt(20_000) : random.nextInt(60);
            uplink.pass(seconds, TimeUnit.SECONDS);
            String where = "seed " + seed + ", trouble " + i + ", " + uplink.mapper;
            assertTrue(gateway.mostOurs <= 1, where);
            // A burst may come with each trouble; in the long run it is 12 a minute for a port, and that only where a
            // lease
            // of a minute must be renewed over a network that loses packets.
            assertTrue(uplink.heard() - heard <= 150 + seconds * 24 / 60, () -> "heard too much: " + where);
            assertTrue(uplink.steps - steps <= 1000 + seconds, () -> "turned too often: " + where);
        }
        heal(uplink);
        uplink.pass(7300, TimeUnit.SECONDS);
        assertEquals(1, gateway.ours(uplink.now), () -> "seed " + seed + ": " + uplink.mapper);
        assertEquals(1, uplink.mapper.mappings().size(), () -> "seed " + seed + ": " + uplink.mapper);
        assertEquals(Set.of(), uplink.stop(), () -> "seed " + seed);
        assertEquals(0, gateway.ours(uplink.now), () -> "seed " + seed);
    }

    private static void trouble(SimulatedUplink uplink, Random random) {
        var gateway = uplink.gateway;
        switch (random.nextInt(12)) {
            case 0 -> {
                gateway.reboot(uplink.now);
                uplink.announce();
            }
            case 1 -> gateway.reboot(uplink.now);
            case 2 -> gateway.silent = !gateway.silent;
            case 3 -> uplink.lossPercent = random.nextInt(3) * 30;
            case 4 -> gateway.refuses.add(random.nextBoolean() ? Protocol.PCP : Protocol.NAT_PMP);
            case 5 -> gateway.refuses.clear();
            case 6 ->
                gateway.external = List.of("198.51.100.8", "0.0.0.0", "10.0.0.1", "127.0.0.1")
                        .get(random.nextInt(4));
            case 7 -> gateway.lease = List.of(0L, 1L, 60L, 315_360_000L).get(random.nextInt(4));
            case 8 -> gateway.delayNanos = TimeUnit.MILLISECONDS.toNanos(1 + random.nextInt(450));
            case 9 -> uplink.want(random.nextBoolean() ? new int[] {51820} : new int[] {51820, 41641});
            case 10 -> uplink.step(new MapperEvent.CheckAll("a test"));
            default -> gateway.onlyPermanent = !gateway.onlyPermanent;
        }
    }

    private static void heal(SimulatedUplink uplink) {
        var gateway = uplink.gateway;
        gateway.silent = false;
        gateway.refuses.clear();
        gateway.external = "198.51.100.7";
        gateway.lease = 0;
        gateway.onlyPermanent = false;
        gateway.delayNanos = TimeUnit.MILLISECONDS.toNanos(1);
        uplink.lossPercent = 0;
        uplink.want(51820);
    }
}
