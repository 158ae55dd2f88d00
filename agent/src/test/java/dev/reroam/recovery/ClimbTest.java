package dev.reroam.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.Observation.RepairOutcome;
import dev.reroam.recovery.TunnelStatus.Word;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClimbTest {

    @Test
    void goesFromRefreshToRebindToNewPortToAPersonAndGivesThePortBack() {
        World world = World.withOnePeer(PortUse.FREE);
        world.peer().passes = path -> false;
        world.route(World.WAN2);
        world.advance(120 * World.SECOND);
        assertEquals(
                List.of(
                        "Refresh",
                        "Refresh",
                        "Rebind",
                        "Refresh",
                        "Refresh",
                        "ForgetFlows",
                        "NewPort",
                        "Refresh",
                        "Refresh",
                        "RestorePort",
                        "Refresh"),
                steps(world),
                world.story());
        assertEquals(Word.NEEDS_PERSON, world.word(world.peer()));
        assertEquals(1, world.notes(NoteKind.GAVE_UP).size());
        assertEquals(1, world.notes(NoteKind.CLOSED).size());
        assertEquals(40_000, world.all(Action.RestorePort.class).getFirst().port());
    }

    @Test
    void waitsElevenSecondsForOneThatNeverAnsweredAnEcho() {
        World world = World.withOnePeer(PortUse.FREE);
        world.peer().passes = path -> false;
        world.route(World.WAN2);
        world.advance(11_900 * World.MS);
        assertEquals(List.of("Refresh", "Refresh"), steps(world), world.story());
        world.advance(200 * World.MS);
        assertEquals("Rebind", steps(world).get(2), world.story());
    }

    @Test
    void waitsASecondForOneThatAnsweredBefore() {
        World world = World.withOnePeer(PortUse.FREE);
        world.route(World.WAN2);
        world.advance(20 * World.SECOND);
        world.done.clear();
        world.peer().passes = path -> false;
        world.route(World.WAN1);
        world.advance(1_010 * World.MS);
        assertEquals(List.of("Refresh", "Refresh", "ForgetFlows", "Rebind", "Refresh"), steps(world), world.story());
    }

    @Test
    void keepsTheNewPortWhenItIsProved() {
        World world = World.withOnePeer(PortUse.FREE);
        World.Peer peer = world.peer();
        peer.passes = path -> world.all(Action.NewPort.class).size() > 0;
        world.route(World.WAN2);
        world.advance(60 * World.SECOND);
        assertEquals(1, world.all(Action.KeepPort.class).size(), world.story());
        assertEquals(40_000, world.all(Action.KeepPort.class).getFirst().formerPort());
        assertEquals(0, world.all(Action.RestorePort.class).size());
        assertEquals(Word.CARRYING, world.word(peer));
        assertEquals(50_000, world.state.devices().get("wg0").facts().listenPort());
    }

    @Test
    void neverLeavesAFixedPortAndWaitsForThePeer() {
        World world = World.withOnePeer(PortUse.FIXED);
        world.peer().passes = path -> false;
        world.route(World.WAN2);
        world.advance(120 * World.SECOND);
        assertEquals(0, world.all(Action.NewPort.class).size(), world.story());
        assertEquals(Word.WAITING_FOR_PEER, world.word(world.peer()));
    }

    @Test
    void endsAGivenUpTunnelByALaterProof() {
        World world = World.withOnePeer(PortUse.FIXED);
        world.peer().passes = path -> false;
        world.route(World.WAN2);
        world.advance(120 * World.SECOND);
        world.peer().handshakeAt = world.now;
        world.advance(World.SECOND);
        world.read("wg0");
        assertEquals(Word.CARRYING, world.word(world.peer()));
        assertEquals(1, world.notes(NoteKind.PROVED).size(), world.story());
    }

    @Test
    void provesTheAffectedOfAHubAndChangesNoPort() {
        var world = new World();
        world.device("wg0", DeviceKind.KERNEL, PortUse.FREE);
        for (int i = 0; i < 7; i++) {
            world.asleep("wg0", "offline" + i);
        }
        World.Peer one = world.active("wg0", "one");
        World.Peer two = world.active("wg0", "two");
        World.Peer filtered = world.active("wg0", "filtered");
        filtered.passes = World.WAN1::equals;
        world.start();
        world.route(World.WAN2);
        world.advance(120 * World.SECOND);
        assertEquals(Word.CARRYING, world.word(one));
        assertEquals(Word.CARRYING, world.word(two));
        assertEquals(Word.WAITING_FOR_PEER, world.word(filtered));
        assertEquals(1, world.all(Action.ForgetFlows.class).size(), world.story());
        assertEquals(
                List.of("filtered"),
                world.all(Action.ForgetFlows.class).getFirst().flows().stream()
                        .map(Action.PeerFlow::key)
                        .toList());
        assertTrue(
                steps(world).stream().allMatch(step -> step.equals("Refresh") || step.equals("ForgetFlows")),
                world.story());
        assertEquals(2, world.notes(NoteKind.PROVED).size());
        assertEquals(3, world.notes(NoteKind.AFFECTED).size());
        assertEquals(1, world.notes(NoteKind.CLOSED).size());
    }

    @Test
    void givesUpWithTheReasonWhenARepairIsRefused() {
        World world = World.withOnePeer(PortUse.FREE);
        world.outcome = new RepairOutcome.Refused("WG_CMD_SET_DEVICE", "EPERM", "");
        world.route(World.WAN2);
        world.advance(World.MS);
        assertEquals(Word.NEEDS_PERSON, world.word(world.peer()));
        assertTrue(world.notes(NoteKind.GAVE_UP).getFirst().what().contains("EPERM"), world.story());
    }

    @Test
    void endsTheStepWhenTheDeviceVanishedAndBeginsAfreshOnTheNewOne() {
        World world = World.withOnePeer(PortUse.FREE);
        world.outcome = new RepairOutcome.Vanished();
        world.route(World.WAN2);
        world.advance(World.MS / 5);
        assertTrue(world.notes(NoteKind.OUTCOME).getFirst().what().contains("vanished"), world.story());
        world.outcome = new RepairOutcome.Done();
        world.done.clear();
        world.devices.put("wg0", new DeviceFacts("wg0", 99, DeviceKind.KERNEL, "key of wg0", 40_000, 0, PortUse.FREE));
        world.advance(2 * World.SECOND);
        List<Action.Refresh> refreshes = world.all(Action.Refresh.class);
        assertEquals(99, refreshes.getFirst().device().interfaceIndex(), world.story());
        assertEquals(Word.CARRYING, world.word(world.peer()));
    }

    @Test
    void healsTheOuterTunnelBeforeItEscalatesTheInnerOne() {
        var world = new World();
        world.device("outer", DeviceKind.KERNEL, PortUse.FIXED);
        world.device("inner", DeviceKind.KERNEL, PortUse.FREE);
        World.Peer outer = world.active("outer", "o");
        World.Peer inner = world.active("inner", "i");
        world.start();
        boolean[] heals = {false};
        outer.passes = path -> heals[0];
        inner.passes = path -> heals[0];
        Path through = World.via(world.devices.get("outer").interfaceIndex(), "outer");
        world.take(new Observation.PathsSeen(
                List.of("change"),
                java.util.Set.of(),
                java.util.Set.of(),
                List.of(
                        new Observation.PathAnswer(outer.id, World.WAN2),
                        new Observation.PathAnswer(inner.id, through))));
        outer.way = World.WAN2;
        inner.way = through;
        world.advance(13 * World.SECOND);
        assertTrue(
                world.all(Action.Rebind.class).stream()
                        .allMatch(rebind -> rebind.device().name().equals("outer")),
                world.story());
        heals[0] = true;
        world.advance(2 * World.SECOND);
        assertEquals(Word.CARRYING, world.word(outer), world.story());
        assertEquals(Word.CARRYING, world.word(inner), world.story());
        assertTrue(world.all(Action.Rebind.class).stream()
                .allMatch(rebind -> rebind.device().name().equals("outer")));
    }

    @Test
    void refreshesASleeperThatAPersonNamed() {
        var world = new World();
        world.device("wg0", DeviceKind.KERNEL, PortUse.FIXED);
        World.Peer asleep = world.asleep("wg0", "asleep");
        world.asleep("wg0", "other");
        world.start();
        world.take(new Observation.RecoverAsked(new Observation.Meant.Named(asleep.id)));
        assertEquals(
                List.of("asleep"),
                world.all(Action.Refresh.class).stream()
                        .flatMap(refresh -> refresh.peers().stream())
                        .map(Action.PeerRefresh::key)
                        .toList());
        world.advance(2 * World.SECOND);
        assertEquals(1, world.notes(NoteKind.PROVED).size(), world.story());
    }

    @Test
    void replaysDifferentlyWhenARowOfTheTableIsChanged() {
        Ladder changed =
                Ladder.standard().with(Evidence.PATH_CHANGED, Condition.AFFECTED, java.util.Optional.of(Rung.REBIND));
        var world = new World(changed, RecoveryConfig.standard(false));
        world.device("wg0", DeviceKind.KERNEL, PortUse.FREE);
        world.active("wg0", "peer");
        world.start();
        world.route(World.WAN2);
        world.advance(2 * World.SECOND);
        assertEquals("Rebind", steps(world).getFirst(), world.story());
        assertEquals(Word.CARRYING, world.word(world.peer()), world.story());
    }

    static List<String> steps(World world) {
        return world.all(Action.Repair.class).stream()
                .map(repair -> repair.getClass().getSimpleName())
                .toList();
    }
}
