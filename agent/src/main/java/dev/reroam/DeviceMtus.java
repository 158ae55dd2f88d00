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
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.tinylog.Logger;

/** Sets the MTU of devices, and sets it back: written down first, and never over what somebody else has set. Confined to the loop. */
final class DeviceMtus {

    /** The links of this network namespace. */
    interface Links {
        /** Empty where there is none of this number. */
        OptionalInt mtu(int index) throws NetlinkException, MalformedMessageException;

        void set(int index, int mtu) throws NetlinkException, MalformedMessageException;

        /** The kernel's. */
        static Links kernel(RouteSocket socket) {
            return new Links() {
                @Override
                public OptionalInt mtu(int index) throws NetlinkException, MalformedMessageException {
                    return socket.link(index).stream().mapToInt(Link::mtu).findFirst();
                }

                @Override
                public void set(int index, int mtu) throws NetlinkException, MalformedMessageException {
                    socket.setMtu(index, mtu);
                }
            };
        }
    }

    private final Ledger ledger;
    private final Clock clock;
    private final Links links;
    private boolean stopped;

    DeviceMtus(Ledger ledger, Clock clock, Links links) {
        this.ledger = ledger;
        this.clock = clock;
        this.links = links;
    }

    /** From now on nothing is changed but back. */
    void stop() {
        stopped = true;
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
        if (stopped) {
            then.accept(new RepairOutcome.NotWanted());
            return;
        }
        conclude(ledger.remember(entry).thenCompose(written -> afterwards(entry, written(asked))), then);
    }

    private RepairOutcome written(Action.SetMtu asked) {
        // Whoever stops has read the ledger before, perhaps.
        return stopped
                ? new RepairOutcome.NotWanted()
                : set(asked.device().interfaceIndex(), Set.of(asked.from()), asked.to());
    }

    /** What is as it was, was never made, or is not ours any more needs no undoing. */
    private CompletionStage<RepairOutcome> afterwards(Entry.MtuChanged entry, RepairOutcome outcome) {
        // What an earlier change of ours began with counts, whatever this one took for that.
        int former = ledger.entries().stream()
                .filter(entry::sameChange)
                .mapToInt(one -> ((Entry.MtuChanged) one).former())
                .findFirst()
                .orElse(entry.former());
        boolean over = switch (outcome) {
            case RepairOutcome.Done done -> entry.to() == former;
            case RepairOutcome.Refused refused -> entry.from() == former;
            default -> isGone(outcome);
        };
        return over ? ledger.forget(entry).thenApply(struck -> outcome) : CompletableFuture.completedFuture(outcome);
    }

    /** Takes back what this run, or a former one, has changed, and strikes it out; the device is the one that has its name now. */
    void undo(DeviceFacts device, Entry.MtuChanged entry, Consumer<RepairOutcome> then) {
        // The MTU is the link's: whatever keys it has by now.
        RepairOutcome outcome = entry.interfaceIndex() == device.interfaceIndex()
                ? set(entry.interfaceIndex(), ours(entry), entry.former())
                : new RepairOutcome.Vanished();
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
            var now = links.mtu(index);
            if (now.isEmpty()) {
                return new RepairOutcome.Vanished();
            }
            if (!from.contains(now.getAsInt())) {
                Logger.info("somebody else has set the MTU of link {} to {}: it stays", index, now.getAsInt());
                return new RepairOutcome.NotNeeded("somebody else has set the MTU to " + now.getAsInt());
            }
            if (now.getAsInt() != to) {
                links.set(index, to);
                Logger.info("the MTU of link {} is {} now, and was {}", index, to, now.getAsInt());
            }
            return new RepairOutcome.Done();
        } catch (NetlinkException e) {
            if (e.errno().equals(Errno.ENODEV)) {
                return new RepairOutcome.Vanished();
            }
            Logger.warn("the MTU of link {} stays as it is: {}", index, e.getMessage());
            return new RepairOutcome.Refused(e.operation(), e.errno().symbol(), e.kernelText());
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
        Logger.warn(
                "the MTU stays as it is, since that cannot be written down: {}", String.valueOf(cause.getMessage()));
        return new RepairOutcome.Refused("write down a change of the MTU", "EIO", String.valueOf(cause.getMessage()));
    }
}
