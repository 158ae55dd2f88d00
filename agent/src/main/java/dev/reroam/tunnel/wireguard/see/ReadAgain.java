package dev.reroam.tunnel.wireguard.see;

import dev.reroam.linux.libc.Clock;
import dev.reroam.loop.Alarm;
import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;

/** Reads again after a reading that failed, a bounded few times in a row. Confined to the agent loop. */
final class ReadAgain {

    // Ours: a dump that somebody's change interrupted succeeds at once, a daemon that was stopped or swapped out within
    // seconds. After that whoever reads next begins anew: the brain during an incident, else the minute's reading.
    private static final long[] PAUSES_MILLIS = {100, 500, 1_000, 2_000};

    private final Alarm alarm;
    private int times;

    ReadAgain(EventLoop loop, Clock clock, Runnable read) {
        this.alarm = new Alarm(loop, clock, read);
    }

    /** A reading failed. */
    void afterFailure() {
        if (alarm.isSet()) {
            return;
        }
        if (times == PAUSES_MILLIS.length) {
            times = 0;
        } else {
            alarm.setWithin(TimeUnit.MILLISECONDS.toNanos(PAUSES_MILLIS[times++]));
        }
    }

    /** One did not, or none is wanted any more. */
    void cancel() {
        times = 0;
        alarm.cancel();
    }
}
