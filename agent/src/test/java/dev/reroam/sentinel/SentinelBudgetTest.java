package dev.reroam.sentinel;

import static dev.reroam.sentinel.SentinelWorld.A;
import static dev.reroam.sentinel.SentinelWorld.B;
import static dev.reroam.sentinel.SentinelWorld.C;
import static dev.reroam.sentinel.SentinelWorld.MS;
import static dev.reroam.sentinel.SentinelWorld.SECOND;
import static dev.reroam.sentinel.SentinelWorld.WAN;
import static dev.reroam.sentinel.SentinelWorld.behind;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.sentinel.SentinelWorld.Nat;
import dev.reroam.uplink.Uplink;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Simulated hours over every kind of NAT; {@code -Dseed=N} runs one seed alone. */
class SentinelBudgetTest {

    private static final int HOURS = 6;

    static LongStream seeds() {
        Long only = Long.getLong("seed");
        return only == null ? LongStream.range(0, 40) : LongStream.of(only);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void neverSendsMoreThanTwelvePacketsAMinuteWhenIdle(long seed) {
        var random = new Random(seed);
        var world = new SentinelWorld(seed, SentinelConfig.EVERY);
        world.loss = List.of(0.0, 0.05, 0.3, 0.9, 1.0).get(random.nextInt(5));
        world.roundTrip = (5 + random.nextInt(1_500)) * MS;
        var second = SentinelWorld.uplink(3, "192.0.2.2", "192.0.2.7");
        world.nats.put(WAN, nat(random));
        world.nats.put(second, nat(random));
        world.take(new SentinelEvent.ServersSeen(List.of(A, B, C).subList(0, 1 + random.nextInt(3))));
        world.take(new SentinelEvent.UplinksSeen(List.of(WAN, second)));
        world.advance(HOURS * 3_600 * SECOND);
        for (Uplink uplink : List.of(WAN, second)) {
            int busiest = world.busiestMinute(uplink);
            assertTrue(busiest <= 12, "seed " + seed + ": " + busiest + " packets in a minute");
            assertTrue(busiest >= 3, "seed " + seed + ": it fell asleep");
        }
        assertEquals(
                world.sent.size(),
                world.state.watches().values().stream()
                        .mapToLong(Watch::packets)
                        .sum());
        assertTrue(world.state.watches().get(WAN).open().size() < 20, "bounded");
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void isBoundedUnderAnyEventsInAnyOrder(long seed) {
        var random = new Random(seed);
        var world = new SentinelWorld(seed, SentinelConfig.EVERY);
        world.loss = random.nextDouble();
        var second = new Uplink(3, "wan3", Optional.empty(), IpAddress.parse("2001:db8::7"));
        world.nats.put(WAN, nat(random));
        var six = Endpoint.parse("[2001:db8:1::1]:3478");
        for (int i = 0; i < 3_000; i++) {
            world.take(
                    switch (random.nextInt(9)) {
                        case 0 ->
                            new SentinelEvent.UplinksSeen(random.nextInt(10) == 0 ? List.of() : List.of(WAN, second));
                        case 1 ->
                            new SentinelEvent.ServersSeen(random.nextInt(10) == 0 ? List.of(C) : List.of(A, B, six));
                        case 2 -> new SentinelEvent.Disturbed(random.nextBoolean() ? WAN : second);
                        case 3 -> new SentinelEvent.Suspected(random.nextBoolean() ? WAN : second);
                        case 4 ->
                            new SentinelEvent.Answered(
                                    recent(world, random),
                                    new Endpoint(IpAddress.parse("203.0.113." + random.nextInt(4)), random.nextInt(3)),
                                    random.nextInt(1_000_000_000) - 10);
                        case 5 -> new SentinelEvent.Silent(recent(world, random));
                        case 6 -> new SentinelEvent.Refused(recent(world, random), "no");
                        default -> new SentinelEvent.TimePassed();
                    });
            world.advance((long) Math.pow(10, 4 + random.nextDouble() * 6));
        }
        // Idle questions, hard runs with confirmations.
        assertTrue(world.busiestMinute(WAN) <= 12 + SentinelConfig.HARD_BUDGET, () -> "" + world.busiestMinute(WAN));
        assertTrue(world.sent.size() > 100, "the walk led nowhere");
    }

    /** Whether a tunnel is suspect each time, or not: what is new each second is not asked for as if it were the first time. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anUplinkThatComesAndGoesHasNoMoreThanOneThatStays(boolean suspect) {
        var world = SentinelWorld.started(1);
        world.loss = 0.5;
        for (int i = 0; i < 240; i++) {
            world.take(new SentinelEvent.UplinksSeen(i % 2 == 0 ? List.of() : List.of(WAN)));
            if (suspect) {
                world.take(new SentinelEvent.Suspected(WAN));
            }
            world.advance(SECOND / 2);
        }
        int most = SentinelConfig.IDLE_PACKETS + (suspect ? SentinelConfig.HARD_BUDGET : 0);
        assertTrue(world.busiestMinute(WAN) <= most, () -> "" + world.busiestMinute(WAN));
    }

    private static long recent(SentinelWorld world, Random random) {
        return Math.max(0, world.sent.size() - random.nextInt(4));
    }

    private static Nat nat(Random random) {
        int kind = random.nextInt(6);
        return (server, port, now) -> switch (kind) {
            case 0 -> behind("203.0.113.1").pass(server, port, now);
            // A pool: each mapping another address.
            case 1 ->
                behind("203.0.113." + (1 + Math.floorMod(port * 7 + server.hashCode(), 100)))
                        .pass(server, port, now);
            // The same, and mappings that live for 20 s.
            case 2 ->
                behind("203.0.113." + (1 + Math.floorMod(server.hashCode() + now / (20 * SECOND), 100)))
                        .pass(server, port, now);
            // Alternates.
            case 3 ->
                behind(Math.floorMod(now / (7 * SECOND), 2) == 0 ? "203.0.113.1" : "198.51.100.99")
                        .pass(server, port, now);
            // Any answer at all.
            case 4 -> behind("203.0.113." + random.nextInt(100)).pass(server, port, now);
            // Mappings that lead nowhere after a minute.
            default ->
                Math.floorMod(now / SECOND, 61) > 55
                        ? Optional.empty()
                        : behind("203.0.113.1").pass(server, port, now);
        };
    }
}
