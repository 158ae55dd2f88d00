package dev.reroam.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AlarmTest {

    private final VirtualLoop time = new VirtualLoop();

    private int rung;

    @Test
    void ringsOnceWhenItIsDue() {
        var alarm = alarm();
        alarm.setAt(millis(10));
        pass(9);
        assertEquals(0, rung);
        pass(1);
        pass(100);
        assertEquals(1, rung);
        assertFalse(alarm.isSet());
    }

    @Test
    void laterMomentPutsItOff() {
        var alarm = alarm();
        alarm.setAt(millis(10));
        alarm.setAt(millis(20));
        pass(19);
        assertEquals(0, rung);
        pass(1);
        assertEquals(1, rung);
    }

    @Test
    void earlierWishWithinLeavesItAsItIs() {
        var alarm = alarm();
        alarm.setWithin(millis(20));
        alarm.setWithin(millis(5));
        pass(5);
        assertEquals(0, rung);
        pass(15);
        assertEquals(1, rung);
    }

    @Test
    void cancelledAlarmStaysSilent() {
        var alarm = alarm();
        alarm.setAt(millis(10));
        alarm.cancel();
        alarm.cancel();
        pass(100);
        assertEquals(0, rung);
    }

    @Test
    void momentThatHasPassedIsDueInTheNextTurn() {
        pass(50);
        alarm().setAt(millis(10));
        time.turn();
        assertEquals(1, rung);
    }

    @Test
    void taskMaySetItsOwnAlarmAgain() {
        var again = new Alarm[1];
        again[0] = new Alarm(time.loop(), time.clock(), () -> {
            rung++;
            if (rung < 3) {
                again[0].setAt(time.now() + millis(10));
            }
        });
        again[0].setAt(millis(10));
        pass(10);
        pass(10);
        pass(10);
        pass(10);
        assertEquals(3, rung);
    }

    @Test
    void failingTaskLeavesTheLoopGoing() {
        new Alarm(time.loop(), time.clock(), () -> {
                    throw new IllegalStateException("a bug, on purpose");
                })
                .setAt(millis(10));
        alarm().setAt(millis(20));
        pass(20);
        assertEquals(1, rung);
    }

    private Alarm alarm() {
        return new Alarm(time.loop(), time.clock(), () -> rung++);
    }

    private void pass(long milliseconds) {
        time.jump(milliseconds, TimeUnit.MILLISECONDS);
    }

    private static long millis(long count) {
        return TimeUnit.MILLISECONDS.toNanos(count);
    }
}
