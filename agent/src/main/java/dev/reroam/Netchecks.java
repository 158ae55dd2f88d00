package dev.reroam;

import dev.reroam.netcheck.NetcheckRun;
import dev.reroam.netcheck.ReportJson;
import dev.reroam.netcheck.Wish;
import dev.reroam.web.Api.Netchecking;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Checks of the uplinks that somebody asks the agent for, one at a time. Confined to the agent's loop. */
final class Netchecks implements AutoCloseable {

    private final NetcheckRun.Outside outside;
    private final Supplier<Wish> wish;
    // Null while none is under way.
    private @Nullable NetcheckRun running;

    /**
     * @param wish is asked at the beginning of each: the uplinks are those of that moment
     */
    Netchecks(NetcheckRun.Outside outside, Supplier<Wish> wish) {
        this.outside = outside;
        this.wish = wish;
    }

    Netchecking begin() {
        if (running != null) {
            return new Netchecking.Busy();
        }
        var report = new CompletableFuture<String>();
        running = NetcheckRun.begin(outside, wish.get(), found -> {
            running = null;
            report.complete(ReportJson.of(found));
        });
        return new Netchecking.Begun(report);
    }

    /** Ends the one that is under way, whose asker is hung up on with all others. */
    @Override
    public void close() {
        if (running != null) {
            running.close();
            running = null;
        }
    }
}
