package dev.reroam.recovery;

import static dev.reroam.recovery.World.MS;
import static dev.reroam.recovery.World.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.TunnelStatus.Word;
import dev.reroam.uplink.Uplink;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The far side has another address, and WireGuard asks for its name never again. */
class ResolvingTest {

    private static final Endpoint FORMER = endpoint("198.51.100.1");
    private static final Endpoint NEW = endpoint("198.51.100.2");
    private static final Endpoint OTHER = endpoint("198.51.100.3");
    private static final Endpoint NEW_V6 = endpoint("2001:db8::2");

    private static Endpoint endpoint(String address) {
        return new Endpoint(IpAddress.parse(address), 51_820);
    }

    /** One peer that answers, over an uplink whose servers answer; its port may be given up. */
    private static World carrying() {
        World world = World.withOnePeer(PortUse.FREE);
        world.ways();
        world.traffic("wg0", 3);
        world.answers(1);
        world.seen(1, "", "203.0.113.1");
        world.done.clear();
        return world;
    }

    private static void named(World world, Endpoint... means) {
        world.naming = id -> new Observation.NameSeen(id, Optional.of("vpn.example"), List.of(means), "");
    }

    private static void moves(World world, Endpoint to) {
        world.peer().isAt = to::equals;
    }

    /** Traffic goes on, and the uplink's servers answer. */
    private static void pass(World world, long nanos) {
        for (long spent = 0; spent < nanos; spent += 100 * MS) {
            world.advance(100 * MS);
            world.count("wg0", 5);
            world.answers(1);
        }
    }

    private static List<Endpoint> sentTo(World world) {
        return world.all(Action.SetEndpoint.class).stream()
                .map(Action.SetEndpoint::to)
                .toList();
    }

    private static boolean noted(World world, NoteKind kind, String text) {
        return world.notes(kind).stream().anyMatch(note -> note.what().contains(text));
    }

    @Test
    void followsANameThatGivesAnotherAddressAndTouchesNothingElse() {
        World world = carrying();
        moves(world, NEW);
        named(world, NEW);
        pass(world, 3 * SECOND);
        assertEquals(List.of(NEW), sentTo(world), world.story());
        assertEquals(Word.CARRYING, world.word(world.peer()), world.story());
        assertEquals(List.of(), world.all(Action.NewPort.class));
        assertEquals(List.of(), world.all(Action.ForgetFlows.class));
        assertTrue(noted(world, NoteKind.AFFECTED, "name changed"), world.story());
        assertEquals(java.util.Map.of(), world.state.named());
        world.advance(2 * SECOND);
        assertEquals(1, world.notes(NoteKind.CLOSED).size(), world.story());
    }

    @Test
    void carriesAtOnceAfterTheVerdict() {
        World world = carrying();
        moves(world, NEW);
        named(world, NEW);
        pass(world, 3 * SECOND);
        long verdict = world.done.stream()
                .filter(timed -> timed.action() instanceof Action.Note note && note.kind() == NoteKind.OPENED)
                .findFirst()
                .orElseThrow()
                .at();
        long proved = world.done.stream()
                .filter(timed -> timed.action() instanceof Action.Note note && note.kind() == NoteKind.PROVED)
                .findFirst()
                .orElseThrow()
                .at();
        assertTrue(proved - verdict <= 50 * MS, world.story());
    }

    @Test
    void setsNothingWhereTheNameStillMeansTheSameAndSaysSo() {
        World world = carrying();
        moves(world, NEW);
        named(world, FORMER);
        pass(world, 20 * SECOND);
        assertEquals(List.of(), sentTo(world), world.story());
        assertTrue(
                noted(world, NoteKind.SKIPPED, "another address (vpn.example still means 198.51.100.1:51820)"),
                world.story());
        assertEquals(1, world.all(Action.NewPort.class).size(), world.story());
        assertEquals(Word.NEEDS_PERSON, world.word(world.peer()));
    }

    @Test
    void saysThatThereIsNoName() {
        World world = carrying();
        moves(world, NEW);
        pass(world, 20 * SECOND);
        assertTrue(noted(world, NoteKind.SKIPPED, "(no file names its endpoint)"), world.story());
        pass(world, 200 * SECOND);
        assertEquals(1, world.all(Action.AskName.class).size(), "has one no sooner");
    }

    @Test
    void walksTheAddressesOfBothFamilies() {
        World world = carrying();
        var uplinks = new ArrayList<Uplink>(List.of(World.uplink(1), World.uplink(2)));
        uplinks.add(new Uplink(1, "wan1", Optional.empty(), IpAddress.parse("2001:db8:1::1")));
        world.take(new Observation.WaysSeen(uplinks, Optional.empty()));
        moves(world, NEW_V6);
        named(world, NEW_V6, NEW, OTHER);
        pass(world, 30 * SECOND);
        assertEquals(List.of(NEW, OTHER, NEW_V6), sentTo(world), world.story());
        assertEquals(Word.CARRYING, world.word(world.peer()), world.story());
        assertEquals(Optional.of(NEW_V6), world.peer().endpoint);
    }

    @Test
    void triesNoAddressOfAFamilyThatHasNoWayOut() {
        World world = carrying();
        moves(world, NEW_V6);
        named(world, NEW_V6, NEW);
        pass(world, 30 * SECOND);
        assertEquals(List.of(NEW), sentTo(world), world.story());
    }

    @Test
    void staysWhereTheNamePointsUntilTheFarSideIsUp() {
        World world = carrying();
        moves(world, endpoint("203.0.113.99"));
        named(world, NEW);
        pass(world, 30 * SECOND);
        assertEquals(List.of(NEW), sentTo(world), world.story());
        assertEquals(Optional.of(NEW), world.peer().endpoint);
        assertEquals(Word.NEEDS_PERSON, world.word(world.peer()));
        // WireGuard itself goes on trying.
        world.peer().isAt = to -> true;
        world.peer().handshakeAt = world.now;
        world.read("wg0");
        assertEquals(Word.CARRYING, world.word(world.peer()), world.story());
    }

    @Test
    void goesBackWhereTheNameStillGivesTheFormerAddress() {
        World world = carrying();
        moves(world, endpoint("203.0.113.99"));
        named(world, FORMER, NEW);
        pass(world, 60 * SECOND);
        assertEquals(List.of(NEW, FORMER), sentTo(world), world.story());
        assertEquals(Optional.of(FORMER), world.peer().endpoint);
        assertEquals(1, world.all(Action.NewPort.class).size(), "another address comes after another port");
    }

    @Test
    void asksAgainUntilTheNameFollows() {
        World world = carrying();
        moves(world, NEW);
        named(world, FORMER);
        pass(world, 60 * SECOND);
        assertEquals(List.of(), sentTo(world), world.story());
        assertEquals(Word.NEEDS_PERSON, world.word(world.peer()));
        world.done.clear();
        named(world, NEW);
        for (int i = 0; i < 10; i++) {
            world.read("wg0");
            pass(world, 10 * SECOND);
        }
        assertEquals(List.of(NEW), sentTo(world), world.story());
        assertEquals(Word.CARRYING, world.word(world.peer()), world.story());
        assertEquals(0, world.all(Action.NewPort.class).size());
    }

    @Test
    void findsTheNewAddressOfATunnelThatSleptWhenItMoved() {
        World world = carrying();
        moves(world, NEW);
        named(world, NEW);
        // Nothing is sent for minutes; then somebody needs it.
        world.read("wg0");
        world.advance(300 * SECOND);
        world.read("wg0");
        assertEquals(List.of(), world.all(Action.AskName.class), world.story());
        world.peer().sent += 600;
        world.advance(60 * SECOND);
        world.read("wg0");
        world.advance(SECOND);
        assertEquals(List.of(NEW), sentTo(world), world.story());
        assertEquals(Word.CARRYING, world.word(world.peer()), world.story());
    }

    @Test
    void asksForNoNameOfWhatCarriesOrIsQuiet() {
        World world = carrying();
        named(world, NEW);
        pass(world, 60 * SECOND);
        world.advance(600 * SECOND);
        world.read("wg0");
        world.advance(60 * SECOND);
        assertEquals(List.of(), world.all(Action.AskName.class), world.story());
        assertEquals(List.of(), sentTo(world));
    }

    @Test
    void aPeerThatMovedByItselfMeanwhileIsLeftWhereItIs() {
        World world = carrying();
        moves(world, OTHER);
        named(world, NEW);
        world.watcher = action -> {
            if (action instanceof Action.SetEndpoint) {
                world.peer().endpoint = Optional.of(OTHER);
            }
        };
        pass(world, 5 * SECOND);
        assertEquals(Optional.of(OTHER), world.peer().endpoint);
        assertEquals(Word.CARRYING, world.word(world.peer()), world.story());
    }

    @Test
    void takesTheOtherFamilyWhereNoWayLeadsToThisOneAnyMore() {
        World world = carrying();
        var uplinks = List.of(new Uplink(1, "wan1", Optional.empty(), IpAddress.parse("2001:db8:1::1")));
        world.take(new Observation.WaysSeen(uplinks, Optional.empty()));
        named(world, FORMER, NEW_V6);
        world.route(World.NO_WAY);
        world.advance(MS);
        assertEquals(Word.NO_WAY, world.word(world.peer()));
        world.watcher = action -> {
            if (action instanceof Action.SetEndpoint) {
                world.later(MS / 20, () -> world.route(World.WAN2));
            }
        };
        world.advance(3 * SECOND);
        assertEquals(List.of(NEW_V6), sentTo(world), world.story());
        assertEquals(Word.CARRYING, world.word(world.peer()), world.story());
    }

    @Test
    void changesNothingThatIsOnlyWatched() {
        var world = new World(Ladder.standard(), RecoveryConfig.standard(true));
        world.device("wg0", DeviceKind.KERNEL, PortUse.FREE);
        world.active("wg0", "peer");
        world.start();
        world.ways();
        moves(world, NEW);
        named(world, NEW);
        pass(world, 10 * SECOND);
        assertFalse(world.done.stream().anyMatch(timed -> timed.action() instanceof Action.AskName), world.story());
        assertEquals(List.of(), sentTo(world));
    }
}
