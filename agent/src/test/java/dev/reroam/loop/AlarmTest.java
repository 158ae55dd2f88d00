package dev.reroam.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.libc.Clock;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AlarmTest {

    private final MockTicker ticker = Ticker.newMockTicker();
    private final EmbeddedChannel channel =
            EmbeddedChannel.builder().ticker(ticker).build();
    private final Clock clock = new Clock() {
        @Override
        public long monotonicNanos() {
            return ticker.nanoTime();
        }

        @Override
        public long realtimeNanos() {
            return 0;
        }
    };

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
        channel.runScheduledPendingTasks();
        assertEquals(1, rung);
    }

    @Test
    void taskMaySetItsOwnAlarmAgain() {
        var again = new Alarm[1];
        again[0] = new Alarm(channel.eventLoop(), clock, () -> {
            rung++;
            if (rung < 3) {
                again[0].setAt(clock.monotonicNanos() + millis(10));
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
        new Alarm(channel.eventLoop(), clock, () -> {
                    throw new IllegalStateException("a bug, on purpose");
                })
                .setAt(millis(10));
        alarm().setAt(millis(20));
        pass(20);
        assertEquals(1, rung);
        assertTrue(channel.isOpen());
    }

    private Alarm alarm() {
        return new Alarm(channel.eventLoop(), clock, () -> rung++);
    }

    private void pass(long milliseconds) {
        ticker.advance(milliseconds, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }

    private static long millis(long count) {
        return TimeUnit.MILLISECONDS.toNanos(count);
    }
}
