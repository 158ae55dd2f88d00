package dev.reroam.stun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.libc.Errno;
import dev.reroam.stun.SimulatedPath.Manner;
import dev.reroam.stun.StunEvent.NotSent;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code -Dseed=N} changes the random losses. */
class MtuSearchTest {

    private static final long MS = 1_000_000;
    private static final Endpoint V4 = Endpoint.parse("198.51.100.2:3478");
    private static final Endpoint V6 = Endpoint.parse("[2001:db8::2]:3478");

    private static SimulatedPath path(Endpoint server, int mtu, Manner manner, double loss) {
        return new SimulatedPath(server, mtu, 40 * MS, manner, loss, new Random(Long.getLong("seed", 1)));
    }

    @ParameterizedTest
    @CsvSource({"1500, 1500", "1500, 9000", "1492, 1492", "1420, 1420", "1280, 1280", "1454, 1454"})
    void wholeInterfaceMtuTakesOneRoundTrip(int mtu, int pathMtu) {
        var path = path(V4, pathMtu, Manner.ANSWERS, 0);
        assertEquals(new PathMtu(OptionalInt.of(mtu / 4 * 4), OptionalInt.empty()), path.measure(mtu));
        assertEquals(40 * MS, path.now);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {1499, 1496, 1492, 1488, 1476, 1464, 1455, 1450, 1432, 1420, 1412, 1406, 1381, 1358, 1300, 1281})
    void findsTheMtuOfTheLineToFourBytes(int mtu) {
        var path = path(V4, mtu, Manner.ANSWERS, 0);
        assertEquals(new PathMtu(OptionalInt.of(mtu / 4 * 4), OptionalInt.of(mtu / 4 * 4 + 4)), path.measure(1500));
        assertTrue(path.now <= 2 * 5 * 60 * MS, () -> path.now / MS + " ms");
    }

    @ParameterizedTest
    @ValueSource(ints = {1280, 1300, 1420, 1480, 1492})
    void findsItForIpv6Too(int mtu) {
        assertEquals(
                OptionalInt.of(mtu / 4 * 4),
                path(V6, mtu, Manner.ANSWERS, 0).measure(1500).passed());
    }

    /** Whatever a server says of a long question, it has got it. */
    @Test
    void refusalsCountAsArrived() {
        assertEquals(
                OptionalInt.of(1492),
                path(V4, 1492, Manner.REFUSES, 0).measure(1500).passed());
    }

    @ParameterizedTest
    @EnumSource(
            value = Manner.class,
            names = {"IGNORES_LONG", "SILENT"})
    void silenceToAllIsUnknown(Manner manner) {
        assertEquals(PathMtu.UNKNOWN, path(V4, 1500, manner, 0).measure(1500));
    }

    @Test
    void anInterfaceWithoutRoomIsUnknownAtOnce() {
        var path = path(V4, 1500, Manner.ANSWERS, 0);
        assertEquals(PathMtu.UNKNOWN, path.measure(0));
        assertEquals(0, path.sizes.size());
    }

    @Test
    void lossMakesItNeverLarger() {
        for (int i = 0; i < 200; i++) {
            var path = new SimulatedPath(V4, 1400, 20 * MS, Manner.ANSWERS, 0.2, new Random(i));
            int seed = i;
            assertTrue(path.measure(1500).passed().orElse(0) <= 1400, () -> "seed " + seed);
        }
    }

    @Test
    void neverSendsMoreThanAWholeFrameNorMoreThanItMay() {
        var path = path(V4, 1300, Manner.ANSWERS, 0);
        path.measure(9000);
        assertTrue(path.sizes.stream().allMatch(size -> size <= 1500));
        assertTrue(path.sizes.size() <= 3 * MtuSearch.IDS, () -> path.sizes.size() + " requests");
    }

    @Test
    void whatIsTooLargeForTheInterfaceIsLostAndOtherRefusalsSayNothing() {
        var random = new Random(1);
        var ids = Stream.generate(() -> TransactionId.draw(random))
                .limit(MtuSearch.IDS)
                .toList();
        var step = MtuSearch.start(new MtuSearch.Plan(V4, 1500, Schedule.PROBE, ids), 0);
        MtuSearch state = step.state();
        for (var send : step.effects()) {
            var why = send.equals(step.effects().getFirst()) ? Errno.EMSGSIZE : Errno.ENETUNREACH;
            state = state.after(new NotSent(send.ask().id(), why), 1).state();
        }
        assertTrue(state.isFinished());
        assertEquals(PathMtu.UNKNOWN, state.found());
    }
}
