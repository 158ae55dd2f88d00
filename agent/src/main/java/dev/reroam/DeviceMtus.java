package dev.reroam;

import dev.reroam.ledger.Entry;
import dev.reroam.ledger.Ledger;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.netlink.NetlinkException;
import dev.reroam.linux.route.Link;
import dev.reroam.linux.route.RouteSocket;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.DeviceFacts;
import dev.reroam.recovery.Observation.RepairOutcome;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.tinylog.Logger;

/** Sets the MTU of devices, and sets it back: written down first, and never over what somebody else has set. Confined to the loop. */
final class DeviceMtus implements AutoCloseable {

    private final Ledger ledger;
    private final Clock clock;
    private final RouteSocket links;

    /** @param links is closed with this */
    DeviceMtus(Ledger ledger, Clock clock, RouteSocket links) {
        this.ledger = ledger;
        this.clock = clock;
        this.links = links;
    }

    void perform(Action.SetMtu asked, Consumer<RepairOutcome> then) {
        var device = asked.device();
        var entry = new Entry.MtuChanged(
                device.name(),
                device.interfaceIndex(),
                device.publicKey(),
                asked.former(),
                asked.from(),
                asked.to(),
                TimeUnit.NANOSECONDS.toMillis(clock.realtimeNanos()));
        boolean back = asked.to() == asked.former();
        CompletionStage<Void> first = back ? CompletableFuture.completedFuture(null) : ledger.remember(entry);
        conclude(
                first.thenCompose(written -> {
                    var outcome = set(device.interfaceIndex(), Set.of(asked.from()), asked.to());
                    // What is not ours any more, or as it was, is no longer ours to take back.
                    boolean over = outcome instanceof RepairOutcome.Done ? back : isGone(outcome);
                    return over
                            ? ledger.forget(entry).thenApply(struck -> outcome)
                            : CompletableFuture.completedFuture(outcome);
                }),
                then);
    }

    /** Takes back what this run, or a former one, has changed, and strikes it out; the device is the one that has its name now. */
    void undo(DeviceFacts device, Entry.MtuChanged entry, Consumer<RepairOutcome> then) {
        boolean same = entry.interfaceIndex() == device.interfaceIndex()
                && entry.publicKey().equals(device.publicKey());
        RepairOutcome outcome =
                same ? set(entry.interfaceIndex(), ours(entry), entry.former()) : new RepairOutcome.Vanished();
        boolean over = outcome instanceof RepairOutcome.Done || isGone(outcome);
        // One that somebody has set since stays as it is, and nothing is left of ours.
        RepairOutcome told = outcome instanceof RepairOutcome.NotNeeded ? new RepairOutcome.Vanished() : outcome;
        conclude(over ? ledger.forget(entry).thenApply(struck -> told) : CompletableFuture.completedFuture(told), then);
    }

    /** Whichever of them it is: a crash may have come before the last of our changes or after it. */
    private static Set<Integer> ours(Entry.MtuChanged entry) {
        return new HashSet<>(List.of(entry.from(), entry.to()));
    }

    private static boolean isGone(RepairOutcome outcome) {
        return outcome instanceof RepairOutcome.Vanished || outcome instanceof RepairOutcome.NotNeeded;
    }

    private RepairOutcome set(int index, Set<Integer> from, int to) {
        try {
            int now = links.link(index).map(Link::mtu).orElse(0);
            if (now == 0) {
                return new RepairOutcome.Vanished();
            }
            if (!from.contains(now)) {
                return new RepairOutcome.NotNeeded("somebody else has set the MTU to " + now);
            }
            links.setMtu(index, to);
            return new RepairOutcome.Done();
        } catch (NetlinkException e) {
            return e.errno().equals(Errno.ENODEV)
                    ? new RepairOutcome.Vanished()
                    : new RepairOutcome.Refused(e.operation(), e.errno().symbol(), e.kernelText());
        } catch (MalformedMessageException e) {
            return new RepairOutcome.Refused("read link " + index, "EBADMSG", String.valueOf(e.getMessage()));
        }
    }

    private static void conclude(CompletionStage<? extends RepairOutcome> chain, Consumer<RepairOutcome> then) {
        // A future keeps what its callback throws, and nobody asks this one: it is said here.
        var unused = chain.<RepairOutcome>handle((outcome, problem) -> problem == null ? outcome : refused(problem))
                .thenAccept(then)
                .whenComplete((done, bug) -> {
                    if (bug != null) {
                        Logger.error(bug, "a change of an MTU failed");
                    }
                });
    }

    private static RepairOutcome refused(Throwable problem) {
        var cause = problem instanceof CompletionException && problem.getCause() != null ? problem.getCause() : problem;
        return new RepairOutcome.Refused("write down a change of the MTU", "EIO", String.valueOf(cause.getMessage()));
    }

    @Override
    public void close() {
        links.close();
    }
}
