package dev.reroam.tests.simulation;

import dev.reroam.recovery.Action;
import dev.reroam.recovery.Observation;
import dev.reroam.recovery.RecoveryState;
import dev.reroam.recovery.Step;
import dev.reroam.tests.simulation.world.VirtualTime;
import java.util.function.LongSupplier;

/**
 * What an idle agent sends: in a minute without an incident, a sign or a suspicion, at most 12 questions over each uplink, a
 * few into a tunnel that seemed to fall silent, and no repair but that something of ours is taken back. One thread's.
 */
final class IdleBudget implements Watcher {

    private static final long MINUTE = 60 * VirtualTime.SECOND;
    private static final int QUESTIONS = 12;
    // To learn whether it answers, once; and four after the last word of a conversation, which looks like silence, but
    // that again
    // only after 10 s, 20 s and so on.
    private static final int INSIDE = 1 + 3 * 4;

    /** A suspect uplink is asked hard for a second, and the last answers are waited for. */
    private static final long HARD_QUESTIONS = 3 * VirtualTime.SECOND;

    private static final long NEVER = Long.MIN_VALUE;

    private final Court court;
    private final VirtualTime time;
    private final LongSupplier questions;
    private final int uplinks;
    private final int tunnels;
    private long before;
    private long sentInside;
    private boolean busy = true;
    private long wantedAt = NEVER;

    IdleBudget(Court court, VirtualTime time, LongSupplier questions, int uplinks, int tunnels) {
        this.court = court;
        this.time = time;
        this.questions = questions;
        this.uplinks = uplinks;
        this.tunnels = tunnels;
        time.in(MINUTE, this::minute);
    }

    private void minute() {
        long now = questions.getAsLong();
        if (!busy && now - before > (long) QUESTIONS * uplinks) {
            court.violation("idle", now - before + " questions in a minute over " + uplinks + " uplinks");
        }
        if (!busy && sentInside > (long) INSIDE * tunnels) {
            court.violation(
                    "idle", sentInside + " questions into " + tunnels + " tunnels in a minute without an incident");
        }
        before = now;
        sentInside = 0;
        // What was asked for in its last seconds is asked in the next.
        busy = wantedAt != NEVER && time.now() - wantedAt < HARD_QUESTIONS;
        time.in(MINUTE, this::minute);
    }

    @Override
    public void onStart() {
        busy = true;
    }

    @Override
    public void onWorld(String what) {
        busy = true;
    }

    @Override
    public void onStep(RecoveryState state, Observation observation, long now, Step step) {
        boolean sign = observation instanceof Observation.PathsSeen
                || (observation instanceof Observation.PublicSeen seen
                        && seen.before().isPresent());
        busy |= sign || state.incident().isPresent() || step.state().incident().isPresent();
        for (Action action : step.actions()) {
            if (action instanceof Action.AskUplink) {
                busy = true;
                wantedAt = time.now();
            }
            sentInside += action instanceof Action.SendEcho || action instanceof Action.AskThroughTunnel ? 1 : 0;
            if (action instanceof Action.Repair
                    && !(action instanceof Action.Unsteer)
                    && !(action instanceof Action.RestoreSourcePorts)
                    && state.incident().isEmpty()
                    && step.state().incident().isEmpty()) {
                court.violation("idle", "a repair without an incident: " + action);
            }
        }
    }
}
