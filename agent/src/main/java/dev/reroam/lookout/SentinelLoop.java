package dev.reroam.lookout;

import dev.reroam.linux.libc.Clock;
import dev.reroam.loop.Alarm;
import dev.reroam.sentinel.Sentinel;
import dev.reroam.sentinel.SentinelEffect;
import dev.reroam.sentinel.SentinelEvent;
import dev.reroam.sentinel.SentinelState;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/** Turns the sentinel's wheel: event in, step, effects out, and time when it asked for it. Confined to the agent's loop. */
final class SentinelLoop implements AutoCloseable {

    private final Clock clock;
    private final Sentinel sentinel;
    private final Questions questions;
    private final Consumer<SentinelEffect.Fact> told;
    private final Alarm timePassed;
    // A refusal may come while the question is asked, and whoever is told of an address may ask for more.
    private final ArrayDeque<SentinelEvent> waiting = new ArrayDeque<>();
    private boolean turning;
    private SentinelState state;

    /** @param seed of its jitter */
    SentinelLoop(
            EventLoop loop,
            Clock clock,
            Sentinel sentinel,
            long seed,
            Questions questions,
            Consumer<SentinelEffect.Fact> told) {
        this.clock = clock;
        this.sentinel = sentinel;
        this.questions = questions;
        this.told = told;
        state = SentinelState.initial(seed);
        timePassed = new Alarm(loop, clock, () -> accept(new SentinelEvent.TimePassed()));
    }

    SentinelState state() {
        return state;
    }

    /** Takes an event in; does what follows from it, and from that, before it returns. */
    void accept(SentinelEvent event) {
        waiting.add(event);
        if (turning) {
            return;
        }
        turning = true;
        try {
            for (var next = waiting.poll(); next != null; next = waiting.poll()) {
                turn(next);
            }
        } finally {
            turning = false;
        }
        var due = sentinel.nextDeadline(state);
        if (due.isPresent()) {
            timePassed.setAt(due.getAsLong());
        } else {
            timePassed.cancel();
        }
    }

    private void turn(SentinelEvent event) {
        var step = sentinel.step(state, event, clock.monotonicNanos());
        state = step.state();
        for (SentinelEffect effect : step.effects()) {
            switch (effect) {
                case SentinelEffect.Ask ask -> questions.ask(ask, this::accept);
                case SentinelEffect.Leave leave -> questions.leave(leave.uplink(), leave.port());
                case SentinelEffect.Fact fact -> told.accept(fact);
            }
        }
    }

    @Override
    public void close() {
        timePassed.close();
    }
}
