package dev.reroam.stun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.stun.NatBehaviour.Filtering;
import dev.reroam.stun.NatBehaviour.Mapping;
import dev.reroam.stun.SimulatedInternet.Weather;
import dev.reroam.stun.SimulatedNat.Habits;
import dev.reroam.stun.SimulatedServer.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BindingLifetimeTest {

    private static final long SECOND = 1_000_000_000;
    private static final Endpoint SERVER = Endpoint.parse("198.51.100.2:3478");
    private static final List<Endpoint> SOCKETS =
            List.of(Endpoint.parse("192.168.1.2:50000"), Endpoint.parse("192.168.1.2:50001"));

    private SimulatedInternet internet;

    private Lifetime measure(Mapping mapping, Kind kind, Weather weather, long lifetimeSeconds, long longestSeconds) {
        var random = new Random(1);
        var habits = new Habits(true, mapping, Filtering.ADDRESS_AND_PORT_DEPENDENT, false, false);
        internet = new SimulatedInternet(
                        weather,
                        new SimulatedNat(habits, IpAddress.parse("203.0.113.7"), random),
                        List.of(new SimulatedServer(kind, SERVER, Endpoint.parse("198.51.100.3:3479"))),
                        SOCKETS,
                        random)
                .withLifetime(lifetimeSeconds * SECOND);
        var plan = new BindingLifetime.Plan(
                SERVER,
                10 * SECOND,
                longestSeconds * SECOND,
                5 * SECOND,
                Schedule.PROBE,
                Stream.generate(() -> TransactionId.draw(random))
                        .limit(BindingLifetime.IDS)
                        .toList());
        return Lifetime.of(internet.run(BindingLifetime.start(plan, 0)));
    }

    @ParameterizedTest
    @ValueSource(longs = {12, 15, 30, 31, 59, 60, 120, 175, 180, 299})
    void findsTheLifetimeToTheSecondsItPromises(long seconds) {
        var found = measure(Mapping.ENDPOINT_INDEPENDENT, Kind.TWO_ADDRESSES, Weather.FAIR, seconds, 300);
        long alive = found.aliveAfter().orElseThrow().toSeconds();
        long dead = found.deadAfter().orElseThrow().toSeconds();
        assertTrue(alive <= seconds && seconds <= dead && dead - alive <= 5, () -> "" + found);
        assertTrue(internet.now() <= 7 * 300 * SECOND, () -> internet.now() / SECOND + " s");
        assertTrue(internet.sent() <= 2 * BindingLifetime.MAX_TRIALS + 30, () -> internet.sent() + " requests");
    }

    @Test
    void aMappingThatOutlivesEverythingHasNoEnd() {
        var found = measure(Mapping.ENDPOINT_INDEPENDENT, Kind.TWO_ADDRESSES, Weather.FAIR, 1_000, 300);
        assertEquals(new Lifetime(Optional.of(Duration.ofSeconds(300)), Optional.empty()), found);
    }

    @Test
    void lossIsRepairedByRepetition() {
        var found = measure(Mapping.ENDPOINT_INDEPENDENT, Kind.TWO_ADDRESSES, new Weather(5, 40, 0.05, 0.2), 60, 300);
        assertTrue(found.aliveAfter().orElseThrow().toSeconds() <= 60, () -> "" + found);
        assertTrue(found.deadAfter().orElseThrow().toSeconds() >= 55, () -> "" + found);
    }

    /** The answer goes to another port of the same address; the NAT lets it in, since it is from the asked server. */
    @Test
    void aHardNatIsMeasuredToo() {
        var found = measure(Mapping.ADDRESS_AND_PORT_DEPENDENT, Kind.TWO_ADDRESSES, Weather.FAIR, 30, 60);
        assertTrue(found.aliveAfter().orElseThrow().toSeconds() >= 25, () -> "" + found);
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"IGNORES_RESPONSE_PORT", "SILENT"})
    void whereItCannotBeMeasuredItIsUnknown(Kind kind) {
        var found = measure(Mapping.ENDPOINT_INDEPENDENT, kind, Weather.FAIR, 30, 60);
        assertEquals(new Lifetime(Optional.empty(), Optional.empty()), found);
    }
}
