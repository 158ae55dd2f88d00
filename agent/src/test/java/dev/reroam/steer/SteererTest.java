package dev.reroam.steer;

import static dev.reroam.steer.Ways.FAR;
import static dev.reroam.steer.Ways.FAR_V6;
import static dev.reroam.steer.Ways.OTHER;
import static dev.reroam.steer.Ways.WAN1;
import static dev.reroam.steer.Ways.WAN2;
import static dev.reroam.steer.Ways.WAN2_V6;
import static dev.reroam.steer.Ways.to;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.loop.VirtualLoop;
import dev.reroam.steer.SteerOutcome.Done;
import dev.reroam.steer.SteerOutcome.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class SteererTest {

    private static final long BEAT = TimeUnit.SECONDS.toNanos(2);

    private final VirtualLoop time = new VirtualLoop();
    private final FakeSteerKernel kernel = new FakeSteerKernel();
    private final FakeGuard guard = new FakeGuard();
    private final List<String> lost = new ArrayList<>();
    private final List<SteerOutcome> outcomes = new ArrayList<>();
    private final Steerer steerer = new Steerer(
            time.loop(),
            time.clock(),
            kernel,
            guard,
            (endpoints, why) -> lost.add(endpoints + " " + why),
            () -> kernel.done.add("closed"));

    /** A guard whose state the test sees, and that ends when the test says so. */
    private static final class FakeGuard implements Guard {
        private final List<String> told = new ArrayList<>();
        private final List<Consumer<Optional<String>>> asked = new ArrayList<>();
        private Optional<String> problem = Optional.empty();
        private boolean slow;
        private boolean gone;
        private Runnable ended = () -> {};

        @Override
        public void onEnd(Runnable task) {
            ended = task;
        }

        @Override
        public void prepare(Consumer<Optional<String>> then) {
            if (slow) {
                asked.add(then);
            } else {
                gone = problem.isPresent();
                then.accept(problem);
            }
        }

        @Override
        public boolean begin() {
            told.add("begin");
            return !gone;
        }

        @Override
        public void beat() {
            told.add("beat");
        }

        @Override
        public void rest() {
            told.add("rest");
        }

        @Override
        public void close() {
            told.add("close");
        }

        void end() {
            gone = true;
            ended.run();
        }
    }

    private void steer() {
        steerer.steer(to(FAR), WAN2, outcomes::add);
    }

    private void pass(long nanos) {
        time.jump(nanos, TimeUnit.NANOSECONDS);
    }

    @Test
    void isGuardedBeforeTheFirstRuleAndUntilTheLast() {
        steer();
        assertEquals(List.of(new Done(3)), outcomes);
        assertEquals(List.of("begin"), guard.told);
        assertEquals(Set.of(to(FAR)), steerer.standing().ways().keySet());
        steerer.steer(to(OTHER), WAN1, outcomes::add);
        steerer.withdraw(to(FAR));
        assertEquals(List.of("begin"), guard.told);
        assertEquals(new Done(3), steerer.withdraw(to(OTHER)));
        assertEquals(List.of("begin", "rest"), guard.told);
        assertEquals(List.of(), kernel.rules);
    }

    @Test
    void beatsOnlyWhileSomethingIsSteered() {
        pass(10 * BEAT);
        assertEquals(List.of(), guard.told);
        steer();
        pass(BEAT);
        pass(BEAT);
        assertEquals(List.of("begin", "beat", "beat"), guard.told);
        steerer.withdrawAll();
        pass(10 * BEAT);
        assertEquals(List.of("begin", "beat", "beat", "rest"), guard.told);
        assertFalse(time.hasTasks());
    }

    @Test
    void steersNothingThatNobodyWouldWithdraw() {
        guard.problem = Optional.of("there is no program 'ip'");
        steer();
        assertEquals(List.of(new Refused("guard the steering", "ENOENT", "there is no program 'ip'")), outcomes);
        assertEquals(List.of(), kernel.done);
    }

    @Test
    void waitsForTheGuardianWithoutHoldingTheLoop() {
        guard.slow = true;
        steer();
        assertEquals(List.of(), outcomes);
        guard.asked.forEach(then -> then.accept(Optional.empty()));
        assertEquals(List.of(new Done(3)), outcomes);
    }

    @Test
    void aRefusalLeavesNothingToBeGuarded() {
        kernel.refuse(what -> what.startsWith("make route"));
        steer();
        assertEquals("make route 0.0.0.0/0 of table 70701", ((Refused) outcomes.getFirst()).operation());
        assertEquals(List.of("begin", "rest"), guard.told);
        assertTrue(steerer.standing().isEmpty());
    }

    @Test
    void noticesThatSomebodyWithdrewIt() {
        steer();
        steerer.steer(to(FAR_V6), WAN2_V6, outcomes::add);
        kernel.rules.removeIf(rule -> rule.destination().toString().contains("11.0.9.9"));
        steerer.check();
        assertEquals(List.of("[11.0.9.9:51820] the rule or its route is gone"), lost);
        assertEquals(Set.of(to(FAR_V6)), steerer.standing().ways().keySet());
        assertEquals(1, kernel.routes.size());
        assertEquals(1, kernel.rules.size());
    }

    @Test
    void noticesItByItselfWithinABeat() {
        steer();
        kernel.routes.clear();
        pass(BEAT);
        assertEquals(1, lost.size());
        assertTrue(steerer.standing().isEmpty());
        assertEquals(List.of("begin", "rest"), guard.told);
        assertEquals(List.of(), kernel.rules);
    }

    @Test
    void makesTheCompanionAnew() {
        steer();
        kernel.rules.removeFirst();
        pass(BEAT);
        assertEquals(List.of(), lost);
        assertEquals(2, kernel.rules.size());
    }

    /** After SIGCONT: the guardian withdrew everything meanwhile and waits to be told again. */
    @Test
    void believesTheKernelAfterItStoodStill() {
        steer();
        pass(BEAT);
        kernel.rules.clear();
        kernel.routes.clear();
        pass(10 * BEAT);
        assertEquals(1, lost.size());
        assertTrue(steerer.standing().isEmpty());
        steer();
        assertEquals(List.of("begin", "beat", "rest", "begin"), guard.told);
        assertEquals(Set.of(to(FAR)), steerer.standing().ways().keySet());
    }

    @Test
    void tellsTheGuardianAgainWhereItWasLateAndNothingIsLost() {
        steer();
        pass(3 * BEAT);
        assertEquals(List.of("begin", "beat", "begin"), guard.told);
    }

    @Test
    void getsAnotherGuardianOnceAndElseWithdraws() {
        steer();
        guard.end();
        assertEquals(List.of("begin", "begin"), guard.told);
        assertEquals(List.of(), lost);
        guard.end();
        assertEquals(List.of("[11.0.9.9:51820] the guardian ends whenever it is started"), lost);
        assertEquals(List.of(), kernel.rules);
    }

    @Test
    void withdrawsWhatCannotBeGuardedAnyMore() {
        steer();
        guard.problem = Optional.of("no ip");
        guard.end();
        assertEquals(List.of("[11.0.9.9:51820] no ip"), lost);
        assertTrue(steerer.standing().isEmpty());
        assertEquals(List.of(), kernel.rules);
    }

    @Test
    void goesOnGuardingWhatCannotBeWithdrawn() {
        steer();
        kernel.refuse(what -> what.startsWith("remove"));
        assertTrue(steerer.withdrawAll() instanceof Refused);
        assertEquals(Set.of(to(FAR)), steerer.standing().ways().keySet());
        assertEquals(List.of("begin"), guard.told);
        kernel.refuse(what -> false);
        assertTrue(steerer.withdrawAll() instanceof Done);
        assertEquals(List.of(), kernel.rules);
    }

    @Test
    void sweepsBeforeItSteers() {
        steer();
        var next = new Steerer(time.loop(), time.clock(), kernel, new FakeGuard(), (all, why) -> {}, () -> {});
        assertEquals(new Done(3), next.sweep());
        assertEquals(List.of(), kernel.rules);
        assertEquals(new Done(0), next.sweep());
    }

    @Test
    void aWayThatMakesNoSenseIsRefusedAtOnce() {
        assertThrows(IllegalArgumentException.class, () -> steerer.steer(to(FAR), WAN2_V6, outcomes::add));
    }

    @Test
    void closingChangesNothing() {
        steer();
        var before = List.copyOf(kernel.rules);
        steerer.close();
        pass(10 * BEAT);
        assertEquals(before, kernel.rules);
        assertEquals(List.of("begin", "close"), guard.told);
    }
}
