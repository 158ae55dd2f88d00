package dev.reroam.recovery;

import static dev.reroam.recovery.World.MS;
import static dev.reroam.recovery.World.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A host route keeps a tunnel at an uplink that carries nothing, and we may not steer. */
class PinnedTest {

    private static final HostRoute ROUTE = new HostRoute(
            IpAddress.parse("198.51.100.1"), Optional.of(IpAddress.parse("192.0.2.1")), 1, "wan1", 254, 0, "static");
    private static final String COMMAND = "ip route del 198.51.100.1/32 via 192.0.2.1 dev wan1 proto static";
    private static final String TOLD =
            "a host route (proto static) pins 198.51.100.1 to wan1; to remove it: " + COMMAND;

    private static World pinned(Optional<String> steersNot, int... ways) {
        World world = World.withOnePeer(PortUse.FREE);
        world.take(new Observation.WaysSeen(
                java.util.Arrays.stream(ways).mapToObj(World::uplink).toList(), steersNot));
        world.traffic("wg0", 3);
        world.pinned = Optional.of(ROUTE);
        world.done.clear();
        return world;
    }

    private static World unsteered() {
        return pinned(Optional.of("steer = \"never\""), 1, 2);
    }

    private static List<String> told(World world) {
        return world.notes(NoteKind.SEEN).stream()
                .map(Action.Note::what)
                .filter(TOLD::equals)
                .toList();
    }

    private static String standing(World world) {
        return Explanation.of(world.state, world.peer().id, world.now, world.config)
                .orElseThrow()
                .standing();
    }

    @Test
    void isToldWhenATunnelOfASilentUplinkIsGivenUp() {
        World world = unsteered();
        world.peer().passes = path -> false;
        world.traffic("wg0", 60);
        assertEquals(TunnelStatus.Word.NEEDS_PERSON, world.word(world.peer()), world.story());
        assertEquals(1, world.all(Action.AskHostRoute.class).size(), world.story());
        assertEquals(List.of(TOLD), told(world), world.story());
        assertTrue(standing(world).endsWith("; " + TOLD), standing(world));
        assertEquals(List.of(), world.all(Action.Steer.class));
    }

    @Test
    void isToldAtOnceWhereTheCableIsDead() {
        World world = unsteered();
        world.dead.add(1);
        world.disturb(1);
        world.advance(100 * MS);
        assertEquals(TunnelStatus.Word.NO_WAY, world.word(world.peer()), world.story());
        assertEquals(List.of(TOLD), told(world), world.story());
        assertTrue(standing(world).endsWith(": wan1 is down; " + TOLD), standing(world));
        // Without the route it goes on by itself.
        world.pinned = Optional.empty();
        world.route(World.WAN2);
        world.advance(SECOND);
        assertEquals(TunnelStatus.Word.CARRYING, world.word(world.peer()), world.story());
    }

    @Test
    void isToldOnce() {
        World world = unsteered();
        world.dead.add(1);
        world.disturb(1);
        world.advance(100 * MS);
        world.take(new Observation.HostRouteSeen(world.peer().id, ROUTE));
        assertEquals(1, told(world).size(), world.story());
        assertEquals(1, standing(world).split(COMMAND, -1).length - 1, standing(world));
    }

    @Test
    void isNotAskedForWhereItDoesNotMatter() {
        World steered = pinned(Optional.empty(), 1, 2);
        World nowhereElse = pinned(Optional.of("there is one way out only"), 1);
        World answering = unsteered();
        answering.answers(1);
        for (World world : List.of(steered, nowhereElse, answering)) {
            world.peer().passes = path -> false;
            for (int second = 0; second < 60; second++) {
                world.traffic("wg0", 1);
                if (world == answering) {
                    world.answers(1);
                }
            }
            assertEquals(List.of(), world.all(Action.AskHostRoute.class), world.story());
            assertEquals(TunnelStatus.Word.NEEDS_PERSON, world.word(world.peer()), world.story());
        }
    }

    @Test
    void ofAnotherInterfaceOrOfATunnelThatCarriesItSaysNothing() {
        World world = unsteered();
        world.take(new Observation.HostRouteSeen(world.peer().id, ROUTE));
        world.take(new Observation.HostRouteSeen(new TunnelId("wg9", "nobody"), ROUTE));
        assertEquals(List.of(), world.done, world.story());
        world.dead.add(1);
        world.disturb(1);
        world.pinned = Optional.of(new HostRoute(ROUTE.destination(), ROUTE.gateway(), 2, "wan2", 254, 0, "static"));
        world.advance(100 * MS);
        assertEquals(1, world.all(Action.AskHostRoute.class).size(), world.story());
        assertEquals(List.of(), told(world), world.story());
    }

    @Test
    void theCommandNamesWhatTellsTheRouteFromOthers() {
        var route = new HostRoute(
                IpAddress.parse("2001:db8::9"),
                Optional.of(IpAddress.parse("fe80::1")),
                1,
                "pppoe-wan",
                70_000,
                1024,
                "77");
        assertEquals(
                "ip -6 route del 2001:db8::9/128 via fe80::1 dev pppoe-wan table 70000 metric 1024 proto 77",
                route.removal());
        var onLink = new HostRoute(IpAddress.parse("192.0.2.9"), Optional.empty(), 1, "wan", 254, 0, "boot");
        assertEquals("ip route del 192.0.2.9/32 dev wan proto boot", onLink.removal());
    }
}
