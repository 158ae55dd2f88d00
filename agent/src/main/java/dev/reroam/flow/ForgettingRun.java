package dev.reroam.flow;

import dev.reroam.linux.conntrack.Conntrack.Forgetting;
import dev.reroam.linux.conntrack.FlowFilter;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.netlink.NetlinkException;
import dev.reroam.loop.Alarm;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One tunnel's flows, read a few datagrams a turn so that a full table does not hold up the loop, and then forgotten where
 * they are stale. Confined to the agent's loop.
 */
final class ForgettingRun implements AutoCloseable {

    // Ours: from kernels without filters some 600 flows or a millisecond a turn; the others send little more than is
    // meant.
    private static final int DATAGRAMS_PER_TURN = 4;

    private final FlowJudge judge;
    private final Deque<FlowFilter> left;
    private final BooleanSupplier wanted;
    private final FlowTable.Opener tables;
    // Null before the start, and again after the end.
    private @Nullable FlowTable table;
    private @Nullable Alarm nextTurn;
    private FlowTable.@Nullable Reading reading;

    ForgettingRun(ForgetRequest request, BooleanSupplier wanted, FlowTable.Opener tables) {
        this.judge = new FlowJudge(request);
        this.left = new ArrayDeque<>(judge.filters());
        this.wanted = wanted;
        this.tables = tables;
    }

    /** Begins; the first turn is at once. */
    void start(EventLoop loop, Clock clock, Consumer<FlowOutcome> then) {
        nextTurn = new Alarm(loop, clock, () -> turn(then));
        turn(then);
    }

    private void turn(Consumer<FlowOutcome> then) {
        var forgotten = new ArrayList<StaleFlow>();
        Optional<FlowOutcome> outcome;
        try {
            outcome = advance(forgotten);
        } catch (LinuxException e) {
            String words = e instanceof NetlinkException netlink ? netlink.kernelText() : "";
            outcome =
                    Optional.of(new FlowOutcome.Refused(e.operation(), e.errno().symbol(), words, forgotten));
        } catch (MalformedMessageException e) {
            outcome = Optional.of(
                    new FlowOutcome.Refused("read flows", "EPROTO", String.valueOf(e.getMessage()), forgotten));
        }
        outcome.ifPresentOrElse(
                end -> {
                    close();
                    then.accept(end);
                },
                () -> {
                    if (nextTurn != null) {
                        nextTurn.setWithin(0);
                    }
                });
    }

    /** Empty while there is more to read. */
    private Optional<FlowOutcome> advance(List<StaleFlow> forgotten) throws LinuxException, MalformedMessageException {
        if (table == null) {
            table = tables.open().orElse(null);
        }
        var open = table;
        if (open == null) {
            return Optional.of(new FlowOutcome.NoTracking());
        }
        while (reading != null || !left.isEmpty()) {
            if (reading == null) {
                reading = open.read(left.removeFirst(), judge::see);
            }
            if (!reading.advance(DATAGRAMS_PER_TURN)) {
                return Optional.empty();
            }
            reading = null;
        }
        return Optional.of(forget(open, forgotten));
    }

    private FlowOutcome forget(FlowTable from, List<StaleFlow> forgotten)
            throws LinuxException, MalformedMessageException {
        var stale = judge.stale();
        if (stale.isEmpty()) {
            return new FlowOutcome.NothingStale(judge.seen());
        }
        if (!wanted.getAsBoolean()) {
            return new FlowOutcome.NotWanted();
        }
        int gone = 0;
        for (var one : stale) {
            if (from.forget(one.flow()) == Forgetting.FORGOTTEN) {
                forgotten.add(one);
            } else {
                gone++;
            }
        }
        return new FlowOutcome.Forgotten(forgotten, gone);
    }

    /** Ends it where it is, without an outcome; idempotent. */
    @Override
    public void close() {
        if (nextTurn != null) {
            nextTurn.close();
            nextTurn = null;
        }
        if (table != null) {
            table.close();
            table = null;
        }
    }
}
