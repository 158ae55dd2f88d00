package dev.reroam.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.Action.Refresh;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.TunnelStatus.Word;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuietTest {

    @ParameterizedTest(name = "keepalive {0}, probe {1}, a swap every {2} s")
    @CsvSource({"0,false,3", "0,true,3", "25,false,3", "25,true,3", "0,false,15", "0,true,15", "25,true,15", "0,false,1"
    })
    void comesThroughTwentySwapsWithNothingButRefresh(int keepalive, boolean probe, int every) {
        var world = new World();
        world.device("wg0", DeviceKind.KERNEL, PortUse.FREE);
        World.Peer peer = world.active("wg0", "peer");
        peer.keepalive = keepalive;
        peer.echoes = false;
        if (!probe) {
            peer.probe = Optional.empty();
        }
        world.start();
        for (int i = 0; i < 20; i++) {
            world.route(i % 2 == 0 ? World.WAN2 : World.WAN1);
            world.advance(every * World.SECOND);
        }
        world.advance(60 * World.SECOND);
        assertTrue(world.all(Action.Repair.class).stream().allMatch(Refresh.class::isInstance), world.story());
        assertEquals(0, world.notes(NoteKind.GAVE_UP).size(), world.story());
        assertTrue(world.all(Refresh.class).stream()
                .flatMap(refresh -> refresh.peers().stream())
                .allMatch(sent -> sent.keepaliveSeconds() == keepalive));
        assertEquals(
                world.notes(NoteKind.OPENED).size(),
                world.notes(NoteKind.CLOSED).size(),
                world.story());
        Word word = world.word(peer);
        assertTrue(word == Word.QUIET || word == Word.CARRYING || word == Word.ASLEEP, word.toString());
    }
}
