package dev.reroam.lookout;

import dev.reroam.linux.libc.Clock;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;

/** A loop whose time the test owns. */
final class VirtualLoop {

    private final MockTicker ticker = Ticker.newMockTicker();
    private final EmbeddedChannel channel =
            EmbeddedChannel.builder().ticker(ticker).build();

    final Clock clock = new Clock() {
        @Override
        public long monotonicNanos() {
            return ticker.nanoTime();
        }

        @Override
        public long realtimeNanos() {
            return 0;
        }
    };

    EventLoop loop() {
        return channel.eventLoop();
    }

    long now() {
        return clock.monotonicNanos();
    }

    /** Lets time pass, a hundredth of a second at most at once. */
    void pass(long nanos) {
        long step = TimeUnit.MILLISECONDS.toNanos(10);
        for (long left = nanos; left > 0; left -= step) {
            ticker.advance(Math.min(left, step), TimeUnit.NANOSECONDS);
            channel.runPendingTasks();
            channel.runScheduledPendingTasks();
        }
    }

    void pass(long amount, TimeUnit unit) {
        pass(unit.toNanos(amount));
    }
}
