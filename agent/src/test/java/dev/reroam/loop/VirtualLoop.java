package dev.reroam.loop;

import dev.reroam.linux.libc.Clock;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;

/** A loop whose time the test owns. */
public final class VirtualLoop {

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

    public EventLoop loop() {
        return channel.eventLoop();
    }

    /** Its monotonic time; the wall clock stands. */
    public Clock clock() {
        return clock;
    }

    public long now() {
        return clock.monotonicNanos();
    }

    /** Lets time pass, a hundredth of a second at most at once. */
    public void pass(long amount, TimeUnit unit) {
        long step = TimeUnit.MILLISECONDS.toNanos(10);
        for (long left = unit.toNanos(amount); left > 0; left -= step) {
            jump(Math.min(left, step), TimeUnit.NANOSECONDS);
        }
    }

    /** Lets time pass at once, as for a loop that was held up: what became due meanwhile runs at its end. */
    public void jump(long amount, TimeUnit unit) {
        ticker.advance(amount, unit);
        turn();
    }

    /** A turn of the loop, in which no time passes. */
    public void turn() {
        channel.runPendingTasks();
        channel.runScheduledPendingTasks();
    }

    /** Whether something would run in the next turn. */
    public boolean hasTasks() {
        return channel.hasPendingTasks();
    }
}
