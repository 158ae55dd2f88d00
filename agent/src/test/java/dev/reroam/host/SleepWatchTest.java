package dev.reroam.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.linux.libc.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The machine slept, or somebody merely set the clock. */
class SleepWatchTest {

    private static final long SECOND = 1_000_000_000L;

    private static final class SetClock implements Clock {
        long monotonic = 100 * SECOND;
        long boot = 500 * SECOND;
        long real = 1_782_900_000L * SECOND;

        @Override
        public long monotonicNanos() {
            return monotonic;
        }

        @Override
        public long bootNanos() {
            return boot;
        }

        @Override
        public long realtimeNanos() {
            return real;
        }
    }

    private final SetClock clock = new SetClock();
    private final List<Long> woke = new ArrayList<>();
    private final SleepWatch watch = new SleepWatch(clock, woke::add);

    @Test
    void tellsOnceForHowLongTheMachineSlept() {
        clock.monotonic += 3 * SECOND;
        clock.boot += 63 * SECOND;
        watch.look();
        watch.look();
        assertEquals(List.of(60 * SECOND), woke);
    }

    @Test
    void aWallClockThatIsSetIsNoSleep() {
        clock.real += 3_600 * SECOND;
        watch.look();
        clock.real -= 7_200 * SECOND;
        watch.look();
        assertEquals(List.of(), woke);
    }

    @Test
    void whatTheMachineDoesWhileItWorksIsNoSleep() {
        for (int i = 0; i < 1_000; i++) {
            clock.monotonic += 60 * SECOND;
            clock.boot += 60 * SECOND + i % 2;
            watch.look();
        }
        assertEquals(List.of(), woke);
    }
}
