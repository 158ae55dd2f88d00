package dev.reroam.flow;

import dev.reroam.linux.libc.Clock;
import io.netty.channel.EventLoop;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Has the kernel forget the stale flows of single tunnels. Confined to the agent's loop; each call ends with exactly one
 * outcome, on the loop, perhaps before the call returns, unless this is closed before.
 *
 * <p>It forgets what {@link FlowJudge} calls stale, each by its whole tuple, zone and id, and nothing else. Whatever comes next
 * from the tunnel begins a new flow: see to it that something does.
 */
public final class FlowForgetter implements AutoCloseable {

    private final EventLoop loop;
    private final Clock clock;
    private final FlowTable.Opener tables;
    private final Set<ForgettingRun> running = new HashSet<>();

    /** @param tables each run opens one and closes it; where there are no more they are asked again next time */
    public FlowForgetter(EventLoop loop, Clock clock, FlowTable.Opener tables) {
        this.loop = loop;
        this.clock = clock;
        this.tables = tables;
    }

    /**
     * Reads the tunnel's flows, judges them, and has those that are stale forgotten.
     *
     * @param wanted asked once before the first is forgotten: reading may have taken a while
     */
    public void forget(ForgetRequest request, BooleanSupplier wanted, Consumer<FlowOutcome> then) {
        var run = new ForgettingRun(request, wanted, tables);
        running.add(run);
        run.start(loop, clock, outcome -> {
            running.remove(run);
            then.accept(outcome);
        });
    }

    /** Gives up what is under way, without an outcome; idempotent. */
    @Override
    public void close() {
        running.forEach(ForgettingRun::close);
        running.clear();
    }
}
