package dev.reroam;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.netcheck.NetcheckRun;
import dev.reroam.netcheck.ReportJson;
import dev.reroam.netcheck.Wish;
import dev.reroam.web.Api.Netchecking;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Checks of the uplinks that somebody asks the agent for, one at a time. Confined to the agent's loop. */
final class Netchecks implements AutoCloseable {

    private final Executor loop;
    private final Executor slowLane;
    private final CompletionStage<Void> seen;
    private final Function<List<IpAddress>, NetcheckRun.Outside> outside;
    private final Supplier<Wish> wish;
    private boolean busy;
    private boolean closed;
    // Null while none is under way.
    private @Nullable NetcheckRun running;

    /**
     * @param seen complete when it is known which uplinks there are; on the loop
     * @param outside what a check works with, by the name servers of its moment
     * @param wish is asked at the beginning of each: the uplinks are those of that moment
     */
    Netchecks(
            Executor loop,
            Executor slowLane,
            CompletionStage<Void> seen,
            Function<List<IpAddress>, NetcheckRun.Outside> outside,
            Supplier<Wish> wish) {
        this.loop = loop;
        this.slowLane = slowLane;
        this.seen = seen;
        this.outside = outside;
        this.wish = wish;
    }

    Netchecking begin() {
        if (busy) {
            return new Netchecking.Busy();
        }
        var report = new CompletableFuture<String>();
        try {
            slowLane.execute(() -> {
                var servers = NameServers.read();
                loop.execute(() -> begin(servers, report));
            });
        } catch (RejectedExecutionException e) {
            // Full of what matters more.
            return new Netchecking.Busy();
        }
        busy = true;
        return new Netchecking.Begun(report);
    }

    private void begin(List<IpAddress> servers, CompletableFuture<String> report) {
        var unused = seen.thenRun(() -> run(servers, report));
    }

    private void run(List<IpAddress> servers, CompletableFuture<String> report) {
        if (closed) {
            return;
        }
        running = NetcheckRun.begin(outside.apply(servers), wish.get(), found -> {
            busy = false;
            running = null;
            report.complete(ReportJson.of(found));
        });
    }

    /** Ends the one that is under way, whose asker is hung up on with all others. */
    @Override
    public void close() {
        closed = true;
        if (running != null) {
            running.close();
            running = null;
        }
    }
}
