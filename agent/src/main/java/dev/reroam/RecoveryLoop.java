package dev.reroam;

import dev.reroam.linux.libc.Clock;
import dev.reroam.loop.Alarm;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.Observation;
import dev.reroam.recovery.Recovery;
import dev.reroam.recovery.RecoveryState;
import dev.reroam.recovery.Step;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Turns the wheel: observation in, step, actions out, and time when the brain asked for it. Confined to the agent's loop.
 */
final class RecoveryLoop implements AutoCloseable {

    /**
     * Ours: a repair asks the device before it changes it, and both answers are there by then. Log and journal take about as
     * long as the whole repair, and whatever is done between its two halves delays the packet.
     */
    private static final long RECORD_AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /** Each step that waits to be recorded holds the state before it, with a place for each tunnel. */
    private static final int MOST_UNRECORDED = 16;

    /** Is told of every step, in order, after its actions were performed: a moment later, at once where nothing happens. */
    interface Recorder {
        void onStep(RecoveryState before, Observation observation, long now, Step step);
    }

    private final Clock clock;
    private final Recovery recovery;
    private final Recorder recorder;
    private final Consumer<Action> performer;
    private final Alarm timePassed;
    private final Alarm record;
    private final ArrayDeque<Turned> unrecorded = new ArrayDeque<>();
    // Actions such as kernel repairs end at once: their outcome queues here behind the actions of the same step.
    private final ArrayDeque<Observation> waiting = new ArrayDeque<>();
    private boolean turning;
    private RecoveryState state;

    private record Turned(RecoveryState before, Observation observation, long now, Step step) {}

    RecoveryLoop(
            EventLoop loop,
            Clock clock,
            Recovery recovery,
            RecoveryState start,
            Recorder recorder,
            Consumer<Action> performer) {
        this.state = start;
        this.clock = clock;
        this.recovery = recovery;
        this.recorder = recorder;
        this.performer = performer;
        this.timePassed = new Alarm(loop, clock, () -> observe(new Observation.TimePassed()));
        this.record = new Alarm(loop, clock, this::recordAll);
    }

    /** Monotonic nanoseconds: the brain's clock, and that of all that SEE tells it. */
    long now() {
        return clock.monotonicNanos();
    }

    /** The brain's state after the last step. */
    RecoveryState state() {
        return state;
    }

    /** Takes a fact in; performs what follows from it, and from that, before it returns. */
    void observe(Observation observation) {
        waiting.add(observation);
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
            arm();
        }
    }

    private void turn(Observation observation) {
        long now = now();
        var before = state;
        var step = recovery.step(before, observation, now);
        state = step.state();
        step.actions().forEach(performer);
        if (unrecorded.isEmpty() && isIdle(step)) {
            recorder.onStep(before, observation, now, step);
            return;
        }
        unrecorded.add(new Turned(before, observation, now, step));
        record.setWithin(RECORD_AFTER_NANOS);
        if (unrecorded.size() > MOST_UNRECORDED) {
            recordAll();
        }
    }

    /** Nothing hurries then, and an agent that only counts packets is spared a second wake-up for each count. */
    private static boolean isIdle(Step step) {
        return step.actions().isEmpty() && step.state().incident().isEmpty();
    }

    private void recordAll() {
        record.cancel();
        for (var next = unrecorded.poll(); next != null; next = unrecorded.poll()) {
            recorder.onStep(next.before, next.observation, next.now, next.step);
        }
    }

    /** Records what is still to be recorded; idempotent. Nothing is observed afterwards. */
    @Override
    public void close() {
        recordAll();
        timePassed.close();
    }

    private void arm() {
        var deadline = recovery.nextDeadline(state);
        if (deadline.isPresent()) {
            timePassed.setAt(deadline.getAsLong());
        } else {
            timePassed.cancel();
        }
    }
}
