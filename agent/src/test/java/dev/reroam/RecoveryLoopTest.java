package dev.reroam;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.loop.VirtualLoop;
import dev.reroam.recovery.Incident;
import dev.reroam.recovery.Ladder;
import dev.reroam.recovery.Observation;
import dev.reroam.recovery.Recovery;
import dev.reroam.recovery.RecoveryConfig;
import dev.reroam.recovery.RecoveryState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RecoveryLoopTest {

    private final VirtualLoop time = new VirtualLoop();
    private final List<String> recorded = new ArrayList<>();
    private final RecoveryLoop loop = startingWith(withAnIncident());

    private RecoveryLoop startingWith(RecoveryState start) {
        return new RecoveryLoop(
                time.loop(),
                time.clock(),
                new Recovery(Ladder.standard(), RecoveryConfig.standard(false)),
                start,
                (before, observation, now, step) -> recorded.add(named(observation) + "@" + now / 1_000_000),
                action -> {});
    }

    private static String named(Observation observation) {
        return observation instanceof Observation.DeviceGone gone ? gone.device() : "time passed";
    }

    private static RecoveryState withAnIncident() {
        var none = RecoveryState.initial();
        var open = new Incident(1, 0, 0, Map.of(), Set.of(), Map.of(), Map.of(), 0, 0, 0);
        return new RecoveryState(
                none.devices(),
                none.tunnels(),
                none.early(),
                none.dead(),
                none.disturbed(),
                none.uplinks(),
                none.ways(),
                none.steersNot(),
                none.steered(),
                none.named(),
                none.rewritten(),
                none.node(),
                Optional.of(open),
                none.nextRepair(),
                none.nextEcho(),
                2,
                none.agenda(),
                none.closesAt());
    }

    private void observe(String device) {
        loop.observe(new Observation.DeviceGone(device, "a test"));
    }

    private void pass(long millis) {
        time.jump(millis, TimeUnit.MILLISECONDS);
    }

    @Test
    void recordsAMomentLaterInOrderAndWithTheTimeOfEachStep() {
        observe("a");
        pass(2);
        observe("b");
        assertEquals(List.of(), recorded);
        pass(3);
        assertEquals(List.of("a@0", "b@2"), recorded);
        observe("c");
        pass(5);
        assertEquals(List.of("a@0", "b@2", "c@5"), recorded);
    }

    @Test
    void recordsAtOnceWhereNothingHappensAndNotInASecondTurn() {
        var idle = startingWith(RecoveryState.initial());
        idle.observe(new Observation.DeviceGone("a", "a test"));
        assertEquals(List.of("a@0"), recorded);
        pass(7);
        idle.observe(new Observation.DeviceGone("b", "a test"));
        assertEquals(List.of("a@0", "b@7"), recorded);
    }

    @Test
    void recordsAStormAtOnceForEachStepHoldsAState() {
        for (int i = 0; i < 40; i++) {
            observe("" + i);
        }
        assertEquals(34, recorded.size());
        pass(5);
        assertEquals(40, recorded.size());
        assertEquals("39@0", recorded.getLast());
    }

    @Test
    void recordsWhatIsLeftAtItsEnd() {
        observe("a");
        loop.close();
        assertEquals(List.of("a@0"), recorded);
        pass(10);
        assertEquals(List.of("a@0"), recorded);
    }
}
