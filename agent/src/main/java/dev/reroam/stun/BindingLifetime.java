package dev.reroam.stun;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.stun.Outcome.Answered;
import dev.reroam.stun.StunEffect.Finished;
import dev.reroam.stun.StunEffect.Send;
import dev.reroam.stun.StunEvent.Asked;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How long the NAT remembers a mapping through which nothing goes (RFC 5780 section 4.6). Immutable; pure.
 *
 * <p>A trial: the held socket makes or refreshes its mapping by asking the server; after a silence the asking socket has the
 * server answer to that mapping (RESPONSE-PORT); what arrives at the held socket shows that the mapping is alive. The first
 * trial has no silence: it shows that server and NAT let this be measured at all. Then the silence doubles from the shortest
 * one until it is too long or the longest was survived, and is halved in between until the resolution is reached. That takes
 * some minutes, and a trial of ours keeps nobody else's mapping alive.
 *
 * <pre>
 * phase     event                          then
 * holding   held socket answered           wait for the silence to pass
 * holding   anything else came of it       finished: as far as known
 * waiting   the silence has passed         ask by the other socket: asking
 * asking    answer at the held socket      the mapping lives so long: next trial
 * asking    silence, and it lived at none  finished: unknown
 * asking    silence                        the mapping is dead by then: next trial
 * asking    anything else came of it       finished: as far as known
 * </pre>
 *
 * @param phase empty when finished
 * @param silence of this trial
 * @param waitsUntil when the silence has passed; counts in {@link Phase#WAITING}
 * @param trials how many began
 * @param aliveAfter the longest silence that a mapping survived; negative when none was tried with success
 * @param deadAfter the shortest silence that a mapping did not survive; negative when none is known
 */
record BindingLifetime(
        Plan plan,
        Transactions transactions,
        Optional<Phase> phase,
        int mappedPort,
        long silence,
        long waitsUntil,
        int trials,
        long aliveAfter,
        long deadAfter)
        implements Inquiry<BindingLifetime> {

    /** The socket whose mapping is measured. */
    static final int HELD_SOCKET = 0;
    /** The socket that has the server answer to the other one's mapping. */
    static final int ASKING_SOCKET = 1;

    /** Two for each trial, and no measurement has more trials than this. */
    static final int MAX_TRIALS = 24;

    static final int IDS = 2 * MAX_TRIALS;

    enum Phase {
        HOLDING,
        WAITING,
        ASKING
    }

    /**
     * What is measured; all times in nanoseconds.
     *
     * @param server that knows RESPONSE-PORT
     * @param shortest silence of the first real trial
     * @param longest silence that is tried
     * @param resolution how exact the result is to be
     * @param schedule of each question
     * @param ids {@link #IDS} of them, all different and unguessable
     */
    record Plan(
            Endpoint server, long shortest, long longest, long resolution, Schedule schedule, List<TransactionId> ids) {
        Plan {
            ids = ids.stream().distinct().toList();
            if (shortest <= 0 || longest < shortest || resolution <= 0 || ids.size() != IDS) {
                throw new IllegalArgumentException(
                        "silences " + shortest + " to " + longest + " by " + resolution + ", " + ids.size() + " ids");
            }
        }
    }

    /** Begins with the trial without silence. */
    static Progress<BindingLifetime> start(Plan plan, long now) {
        var nothing = new BindingLifetime(plan, Transactions.NONE, Optional.empty(), 0, 0, 0, 0, -1, -1);
        return nothing.trial(0, now);
    }

    @Override
    public Progress<BindingLifetime> after(StunEvent event, long now) {
        var step = take(event, now, List.of());
        boolean isSilenceOver = step.state().phase().equals(Optional.of(Phase.WAITING))
                && step.state().waitsUntil() - now <= 0;
        return isSilenceOver ? step.state().ask(now, step.effects()) : step;
    }

    @Override
    public OptionalLong dueAt() {
        return phase.equals(Optional.of(Phase.WAITING)) ? OptionalLong.of(waitsUntil) : transactions.dueAt();
    }

    @Override
    public boolean isFinished() {
        return phase.isEmpty();
    }

    private Progress<BindingLifetime> trial(long nextSilence, long now) {
        if (trials == MAX_TRIALS) {
            return new Progress<>(with(Optional.empty()), List.of());
        }
        var begun = new BindingLifetime(
                plan, transactions, Optional.of(Phase.HOLDING), 0, nextSilence, 0, trials + 1, aliveAfter, deadAfter);
        var id = plan.ids().get(2 * trials);
        return begun.take(new Asked(Ask.plain(id, HELD_SOCKET, plan.server(), plan.schedule())), now, List.of());
    }

    private Progress<BindingLifetime> ask(long now, List<Send> before) {
        var id = plan.ids().get(2 * trials - 1);
        var ask = Ask.elsewhere(id, ASKING_SOCKET, plan.server(), mappedPort, HELD_SOCKET, plan.schedule());
        return with(Optional.of(Phase.ASKING)).take(new Asked(ask), now, before);
    }

    private Progress<BindingLifetime> take(StunEvent event, long now, List<Send> before) {
        var step = Transactions.step(transactions, event, now);
        var state = new BindingLifetime(
                plan, step.state(), phase, mappedPort, silence, waitsUntil, trials, aliveAfter, deadAfter);
        var sends = new ArrayList<>(before);
        for (StunEffect effect : step.effects()) {
            switch (effect) {
                case Send send -> sends.add(send);
                case Finished(Ask ask, Outcome outcome) -> {
                    var next = state.finished(outcome, now);
                    state = next.state();
                    sends.addAll(next.effects());
                }
            }
        }
        return new Progress<>(state, sends);
    }

    private Progress<BindingLifetime> finished(Outcome outcome, long now) {
        boolean isHolding = phase.equals(Optional.of(Phase.HOLDING));
        if (outcome instanceof Answered answer) {
            return isHolding
                    ? new Progress<>(
                            new BindingLifetime(
                                    plan,
                                    transactions,
                                    Optional.of(Phase.WAITING),
                                    answer.mapped().port(),
                                    silence,
                                    now + silence,
                                    trials,
                                    aliveAfter,
                                    deadAfter),
                            List.of())
                    : judged(silence, deadAfter, now);
        }
        boolean isDead = !isHolding && outcome instanceof Outcome.Silent && aliveAfter >= 0;
        return isDead ? judged(aliveAfter, silence, now) : new Progress<>(with(Optional.empty()), List.of());
    }

    /** The next trial after what this one has shown. */
    private Progress<BindingLifetime> judged(long alive, long dead, long now) {
        var wiser =
                new BindingLifetime(plan, transactions, phase, mappedPort, silence, waitsUntil, trials, alive, dead);
        boolean isExact = dead >= 0 ? dead - alive <= plan.resolution() : alive == plan.longest();
        if (isExact) {
            return new Progress<>(wiser.with(Optional.empty()), List.of());
        }
        long doubled = Math.min(plan.longest(), Math.max(plan.shortest(), 2 * alive));
        return wiser.trial(dead >= 0 ? alive + (dead - alive) / 2 : doubled, now);
    }

    private BindingLifetime with(Optional<Phase> next) {
        return new BindingLifetime(
                plan, transactions, next, mappedPort, silence, waitsUntil, trials, aliveAfter, deadAfter);
    }
}
