package dev.reroam.steer;

import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.netlink.NetlinkException;
import dev.reroam.steer.SteerOutcome.Done;
import dev.reroam.steer.SteerOutcome.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.tinylog.Logger;

/**
 * Turns the kernel into what a plan wants, by what the kernel has and not by what we believe: so it also sweeps what a crash
 * left. Confined to the agent loop; keeps no state.
 */
final class PlanApplier {

    private final SteerKernel kernel;

    PlanApplier(SteerKernel kernel) {
        this.kernel = kernel;
    }

    /** A call of the kernel. */
    private interface Call<T> {
        T make() throws NetlinkException, MalformedMessageException;
    }

    /**
     * Applies a plan. Where something cannot be made, or one of two ways of an endpoint not removed, what was made is removed
     * again.
     */
    SteerOutcome apply(SteerPlan plan) {
        return answered("read rules and routes", kernel::read, present -> switch (SteerDiff.between(plan, present)) {
            case SteerDiff.Result.Possible(var diff) -> apply(diff);
            case SteerDiff.Result.NoRoom(var why) -> new Refused("steer", "ENOSPC", why);
        });
    }

    /** What the kernel has now; empty where it does not say, which is logged. */
    Optional<Present> present() {
        try {
            return Optional.of(kernel.read());
        } catch (NetlinkException | MalformedMessageException e) {
            // Why it is safe: nothing is concluded from it, and it is asked again.
            Logger.warn("what is steered could not be read: {}", e.getMessage());
            return Optional.empty();
        }
    }

    /** Whether applying the plan would change something. */
    boolean differs(SteerPlan plan, Present present) {
        return switch (SteerDiff.between(plan, present)) {
            case SteerDiff.Result.Possible(var diff) -> !diff.isEmpty();
            case SteerDiff.Result.NoRoom noRoom -> true;
        };
    }

    private SteerOutcome apply(SteerDiff diff) {
        var made = new ArrayList<Owned>();
        for (var one : diff.make()) {
            var refused = attempt("make " + one, () -> {
                kernel.make(one);
                return true;
            });
            if (refused.isPresent()) {
                undo(made);
                return refused.get();
            }
            made.add(one);
        }
        var refusals = remove(diff.remove());
        if (refusals.isEmpty()) {
            return new Done(diff.make().size() + diff.remove().size());
        }
        undo(made);
        return refusals.getFirst();
    }

    /** Removes all that can be: as long as one rule stays, what it stands on stays, too. */
    private List<Refused> remove(List<Owned> unwanted) {
        var refusals = new ArrayList<Refused>();
        for (var one : unwanted) {
            if (refusals.isEmpty() || isSteering(one)) {
                attempt("remove " + one, () -> kernel.remove(one)).ifPresent(refusals::add);
            }
        }
        return refusals;
    }

    private static boolean isSteering(Owned one) {
        return switch (one) {
            case Owned.OwnRule rule -> !rule.isCompanion();
            case Owned.OwnRoute route -> false;
        };
    }

    private void undo(List<Owned> made) {
        // What stays has our numbers: whatever comes next removes it.
        remove(made.reversed()).forEach(refused -> Logger.warn("something of a steering is left behind: {}", refused));
    }

    private static <T> Optional<Refused> attempt(String operation, Call<T> call) {
        return answered(operation, call, done -> new Done(1)) instanceof Refused refused
                ? Optional.of(refused)
                : Optional.empty();
    }

    private static <T> SteerOutcome answered(String operation, Call<T> call, Function<T, SteerOutcome> then) {
        T answer;
        try {
            answer = call.make();
        } catch (NetlinkException e) {
            return new Refused(e.operation(), e.errno().symbol(), e.kernelText());
        } catch (MalformedMessageException e) {
            return new Refused(operation, "EPROTO", String.valueOf(e.getMessage()));
        }
        return then.apply(answer);
    }
}
