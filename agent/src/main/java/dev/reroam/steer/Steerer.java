package dev.reroam.steer;

import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.route.RouteSocket;
import dev.reroam.loop.Alarm;
import dev.reroam.steer.SteerOutcome.Done;
import dev.reroam.steer.SteerOutcome.Refused;
import dev.reroam.uplink.Uplink;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.tinylog.Logger;

/**
 * Steers packets by other uplinks, and takes that back. Confined to the agent loop, where callbacks come, too.
 *
 * <p>What it believes to be steered it asks the kernel for every {@value #BEAT_SECONDS} s, and nothing while nothing is
 * steered. Steering moves no tunnel by itself, and neither does its end: what has a cached source goes on as before until it is
 * refreshed.
 */
public final class Steerer implements AutoCloseable {

    /** The guardian gives us up after 5 s without a sign. */
    private static final long BEAT_SECONDS = 2;

    private static final long BEAT_NANOS = TimeUnit.SECONDS.toNanos(BEAT_SECONDS);
    /** After this long the guardian may have withdrawn everything. */
    private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(4);
    /** A guardian that ends twice within this long is not to be had. */
    private static final long GUARDIAN_LASTS_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Clock clock;
    private final PlanApplier applier;
    private final Guard guard;
    private final Listener listener;
    private final Runnable release;
    private final Alarm beat;
    private SteerPlan standing = SteerPlan.NONE;
    private long lastBeat;
    private Optional<Long> guardLostAt = Optional.empty();
    private boolean closed;

    /** Is told on the loop. */
    public interface Listener {
        /** These are not steered any more, by no wish of ours. */
        void onLost(Set<Subject> subjects, String why);
    }

    Steerer(EventLoop loop, Clock clock, SteerKernel kernel, Guard guard, Listener listener, Runnable release) {
        this.clock = clock;
        this.applier = new PlanApplier(kernel);
        this.guard = guard;
        this.listener = listener;
        this.release = release;
        this.beat = new Alarm(loop, clock, this::onBeat);
        guard.onEnd(this::onGuardEnd);
    }

    /**
     * Opens a socket in the calling thread's network namespace; changes nothing yet.
     *
     * @param guardian is closed with it
     */
    public static Steerer open(EventLoop loop, Clock clock, Guardian guardian, Listener listener)
            throws LinuxException {
        var socket = RouteSocket.open();
        return new Steerer(loop, clock, new RouteKernel(socket), guardian, listener, socket::close);
    }

    /** Takes back what a run before this one left; for the start, before anything is steered. */
    public SteerOutcome sweep() {
        return become(standing);
    }

    /**
     * Starts the guardian, so that the first steering need not wait for it; for when a second uplink is there.
     *
     * @param then why nothing can be steered here; empty where it can
     */
    public void prepare(Consumer<Optional<String>> then) {
        guard.prepare(then);
    }

    /**
     * Steers what a subject sends, wherever it goes now; in one step where it is steered already.
     *
     * @param subject one that {@link Subject#canBeSteered}, of the uplink's family
     * @param then exactly once, perhaps before the call returns
     */
    public void steer(Subject subject, Uplink uplink, Consumer<SteerOutcome> then) {
        // Whatever is wrong with it is wrong before anything is started.
        var unused = SteerPlan.NONE.with(subject, uplink);
        guard.prepare(problem ->
                then.accept(problem.<SteerOutcome>map(why -> new Refused("guard the steering", "ENOENT", why))
                        .orElseGet(() -> steerGuarded(subject, uplink))));
    }

    private SteerOutcome steerGuarded(Subject subject, Uplink uplink) {
        if (standing.isEmpty()) {
            lastBeat = clock.monotonicNanos();
            if (!guard.begin()) {
                return new Refused("guard the steering", "EPIPE", "the guardian has ended");
            }
        }
        return become(standing.with(subject, uplink));
    }

    /** Lets it go where the routing tables say; one that is not steered is no error. */
    public SteerOutcome withdraw(Subject subject) {
        return become(standing.without(List.of(subject)));
    }

    /** Lets all go; for the exit, too. */
    public SteerOutcome withdrawAll() {
        return become(SteerPlan.NONE);
    }

    /** What is steered, as far as was last seen. */
    public SteerPlan standing() {
        return standing;
    }

    /**
     * Asks the kernel whether what we believe is still so, and tells what is not. For each announcement of a rule that is gone,
     * and when the process may have stood still; every beat does it, too.
     */
    public void check() {
        if (standing.isEmpty()) {
            return;
        }
        applier.present().ifPresent(present -> {
            var lost = present.missing(standing);
            var rest = standing.without(lost);
            if (!lost.isEmpty() || applier.differs(rest, present)) {
                // What is left of the lost ones, and what the others need.
                if (become(rest) instanceof Refused refused) {
                    Logger.warn("what is steered is not as it should be: {}", refused);
                }
            }
            if (!lost.isEmpty()) {
                standing = standing.without(lost);
                listener.onLost(lost, "the rule or its route is gone");
            }
        });
    }

    private SteerOutcome become(SteerPlan plan) {
        var outcome = applier.apply(plan);
        switch (outcome) {
            case Done done -> standing = plan;
            // Some of it may be withdrawn.
            case Refused refused ->
                applier.present().map(present -> present.missing(standing)).ifPresent(lost -> {
                    standing = standing.without(lost);
                    if (!lost.isEmpty()) {
                        listener.onLost(lost, "it could not be kept");
                    }
                });
        }
        if (standing.isEmpty()) {
            beat.cancel();
            guard.rest();
        } else if (!closed) {
            beat.setWithin(BEAT_NANOS);
        }
        return outcome;
    }

    private void onBeat() {
        long now = clock.monotonicNanos();
        boolean late = now - lastBeat > LATE_NANOS;
        lastBeat = now;
        check();
        if (standing.isEmpty()) {
            return;
        }
        beat.setWithin(BEAT_NANOS);
        guard.beat();
        // After a withdrawal it waits to be told again; where it made none, the word does no harm.
        if (late && !guard.begin()) {
            onGuardEnd();
        }
    }

    private void onGuardEnd() {
        if (closed || standing.isEmpty()) {
            return;
        }
        long now = clock.monotonicNanos();
        boolean again =
                guardLostAt.filter(at -> now - at < GUARDIAN_LASTS_NANOS).isPresent();
        guardLostAt = Optional.of(now);
        if (again) {
            giveUp("the guardian ends whenever it is started");
        } else {
            guard.prepare(problem -> problem.ifPresentOrElse(this::giveUp, this::goOn));
        }
    }

    private void goOn() {
        if (!standing.isEmpty() && !guard.begin()) {
            giveUp("the guardian has ended");
        }
    }

    /** What nobody would withdraw after us is withdrawn now. */
    private void giveUp(String why) {
        var all = standing.ways().keySet();
        if (!all.isEmpty()) {
            if (become(SteerPlan.NONE) instanceof Refused refused) {
                Logger.warn("what is steered cannot be withdrawn: {}", refused);
            }
            listener.onLost(Set.copyOf(all), why);
        }
    }

    /** Withdraws nothing: see {@link #withdrawAll}. Idempotent. */
    @Override
    public void close() {
        closed = true;
        beat.close();
        guard.close();
        release.run();
    }
}
