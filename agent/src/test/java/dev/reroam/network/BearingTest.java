package dev.reroam.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpPrefix;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.route.Hop;
import dev.reroam.linux.route.NextHop;
import dev.reroam.linux.route.Route;
import dev.reroam.linux.route.RouteEvent.Changed;
import dev.reroam.linux.route.RouteEvent.Lost;
import dev.reroam.linux.route.RouteEvent.Removed;
import dev.reroam.linux.route.RouteProtocol;
import dev.reroam.linux.route.RouteType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BearingTest {

    private static final RouteType BLACKHOLE = new RouteType(6);
    private static final Bearing BEARING =
            Bearing.on(List.of(IpAddress.parse("198.51.100.7"), IpAddress.parse("2001:db8::7")));

    @ParameterizedTest(name = "{0} in table {1}: may move {2}, kept {3}")
    @CsvSource({
        "0.0.0.0/0, 254, true, true",
        "::/0, 254, true, true",
        "0.0.0.0/0, 77, true, true",
        "198.51.100.0/24, 254, true, true",
        "198.51.100.7/32, 77, true, true",
        "128.0.0.0/1, 254, true, true",
        "2001:db8::/32, 254, true, true",
        "198.51.100.7/32, 255, true, false",
        "198.51.100.6/32, 254, false, false",
        "198.51.100.8/32, 254, false, false",
        "0.0.0.0/1, 254, false, false",
        "20.0.0.0/8, 201, false, false",
        "2600::/16, 254, false, false",
        "8000::/1, 254, false, false"
    })
    void onlyWhatCoversAnEndpointBears(String destination, int table, boolean moves, boolean kept) {
        var route = route(destination, table, RouteType.UNICAST);
        assertEquals(moves, BEARING.mayMove(new Changed(route, false)));
        assertEquals(moves, BEARING.mayMove(new Removed(route)));
        assertEquals(kept, BEARING.keeps(route));
    }

    @Test
    void aDefaultRouteToNowhereMovesPathsToo() {
        assertTrue(BEARING.mayMove(new Changed(route("0.0.0.0/0", 77, BLACKHOLE), false)));
    }

    @Test
    void allThatIsNoRouteMayMoveAPath() {
        assertTrue(BEARING.mayMove(new Lost(Errno.ENOBUFS)));
        assertTrue(BEARING.mayMove(new Changed(
                new NextHop(1, OptionalInt.of(2), Optional.empty(), List.of(), false, new RouteProtocol(3), 0),
                false)));
    }

    @Test
    void knowsOnWhatItIs() {
        assertTrue(Bearing.NONE.isOn(List.of()));
        assertFalse(BEARING.isOn(List.of(IpAddress.parse("198.51.100.7"))));
    }

    // The default route moved after the reading had passed it.
    @Test
    void announcementsHeardWhileTheTablesAreReadAreTheLatterWord() {
        var old = route("0.0.0.0/0", 254, RouteType.UNICAST);
        var now = new Route(
                old.destination(),
                254,
                RouteType.UNICAST,
                Optional.empty(),
                0,
                0,
                new RouteProtocol(3),
                0,
                Optional.empty(),
                List.of(new Hop(3, Optional.empty(), 1, 0)),
                OptionalInt.empty(),
                0,
                0);
        var gone = route("198.51.100.0/24", 254, RouteType.UNICAST);
        var picture = NetworkState.EMPTY.withRoutes(
                Set.of(old, gone), List.of(new Changed(now, true), new Removed(gone)), BEARING::keeps);
        assertEquals(Set.of(now), picture.routes());
    }

    private static Route route(String destination, int table, RouteType type) {
        return new Route(
                IpPrefix.parse(destination),
                table,
                type,
                Optional.empty(),
                0,
                0,
                new RouteProtocol(3),
                0,
                Optional.empty(),
                List.of(new Hop(2, Optional.empty(), 1, 0)),
                OptionalInt.empty(),
                0,
                0);
    }
}
