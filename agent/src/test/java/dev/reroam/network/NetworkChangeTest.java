package dev.reroam.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpPrefix;
import dev.reroam.linux.route.Address;
import dev.reroam.linux.route.Hop;
import dev.reroam.linux.route.Link;
import dev.reroam.linux.route.LinkTraffic;
import dev.reroam.linux.route.OperState;
import dev.reroam.linux.route.Route;
import dev.reroam.linux.route.RouteEvent;
import dev.reroam.linux.route.RouteEvent.Changed;
import dev.reroam.linux.route.RouteEvent.Removed;
import dev.reroam.linux.route.RouteProtocol;
import dev.reroam.linux.route.RouteType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class NetworkChangeTest {

    private static final int UP = 0x1;
    private static final int RUNNING = 0x1 | 0x40 | 0x10000;

    private static final Link WAN1 = link(2, "wan1", RUNNING);
    private static final Link WAN2 = link(3, "wan2", RUNNING);
    private static final Address HOME = address(2, "192.0.2.7");
    private static final Route DEFAULT1 = defaultRoute(2, "192.0.2.1");
    private static final Route DEFAULT2 = defaultRoute(3, "198.51.100.1");
    private static final NetworkState START = state(new Changed(WAN1, false), new Changed(WAN2, false))
            .after(new Changed(HOME, false), route -> true)
            .after(new Changed(DEFAULT1, false), route -> true);

    static Stream<Arguments> changes() {
        return Stream.of(
                Arguments.of(
                        "carrier lost", List.of(new Changed(link(2, "wan1", UP), false)), Set.of(2), Set.of(), false),
                Arguments.of("set down", List.of(new Changed(link(2, "wan1", 0), false)), Set.of(2), Set.of(), false),
                Arguments.of("interface gone", List.of(new Removed(WAN1)), Set.of(2), Set.of(), false),
                Arguments.of("address gone", List.of(new Removed(HOME)), Set.of(2), Set.of(2), false),
                Arguments.of(
                        "address only deprecated",
                        List.of(new Changed(new Address(2, HOME.local(), 24, Optional.empty(), 0, 0x20), false)),
                        Set.of(),
                        Set.of(),
                        false),
                Arguments.of("default replaced", List.of(new Changed(DEFAULT2, true)), Set.of(), Set.of(), true),
                Arguments.of("default gone", List.of(new Removed(DEFAULT1)), Set.of(), Set.of(), true),
                Arguments.of("default added", List.of(new Changed(DEFAULT2, false)), Set.of(), Set.of(), true));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("changes")
    void answersItsQuestions(
            String name, List<RouteEvent> events, Set<Integer> disturbed, Set<Integer> lost, boolean defaults) {
        var after = START;
        for (var event : events) {
            after = after.after(event, route -> true);
        }
        var change = NetworkChange.between(START, after);
        assertEquals(disturbed, change.disturbed());
        assertEquals(lost, change.addressesLost());
        assertEquals(defaults, change.defaultRoutesChanged());
    }

    @Test
    void replacedRouteTakesThePlaceOfTheOld() {
        assertEquals(
                Set.of(DEFAULT2),
                START.after(new Changed(DEFAULT2, true), route -> true).routes());
    }

    @Test
    void countersChangeNothing() {
        var busy = new Link(
                2,
                "wan1",
                RUNNING,
                OperState.UNKNOWN,
                1,
                "",
                1500,
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.of(new LinkTraffic(1, 2, 3, 4)));
        assertSame(START, START.after(new Changed(busy, false), route -> true));
    }

    @Test
    void routesThatDoNotBearAreNotKept() {
        assertSame(START, START.after(new Changed(DEFAULT2, false), route -> false));
    }

    @Test
    void tellsPeopleWhatHappened() {
        var after = START.after(new Changed(link(2, "wan1", UP), false), route -> true)
                .after(new Changed(DEFAULT2, true), route -> true);
        assertEquals(
                List.of(
                        "wan1: carrier lost",
                        "default route gone: wan1 via 192.0.2.1",
                        "default route new: wan2 via 198.51.100.1"),
                NetworkChange.between(START, after).signs());
        assertTrue(NetworkChange.between(START, START).signs().isEmpty());
    }

    private static NetworkState state(RouteEvent... events) {
        var state = NetworkState.EMPTY;
        for (var event : events) {
            state = state.after(event, route -> true);
        }
        return state;
    }

    private static Link link(int index, String name, int flags) {
        return new Link(
                index,
                name,
                flags,
                OperState.UNKNOWN,
                1,
                "",
                1500,
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.empty());
    }

    private static Address address(int link, String text) {
        return new Address(link, IpAddress.parse(text), 24, Optional.empty(), 0, 0);
    }

    private static Route defaultRoute(int link, String gateway) {
        return new Route(
                IpPrefix.parse("0.0.0.0/0"),
                Route.TABLE_MAIN,
                RouteType.UNICAST,
                Optional.empty(),
                0,
                0,
                RouteProtocol.BOOT,
                0,
                Optional.empty(),
                List.of(new Hop(link, Optional.of(IpAddress.parse(gateway)), 1, 0)),
                OptionalInt.empty(),
                0,
                0);
    }
}
