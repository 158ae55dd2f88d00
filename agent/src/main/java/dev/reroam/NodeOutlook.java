package dev.reroam;

import dev.reroam.config.TailscaleConfig;
import dev.reroam.linux.libc.Clock;
import dev.reroam.tunnel.tailscale.NodeView;
import dev.reroam.tunnel.tailscale.see.NodeWatch;
import dev.reroam.web.StatusReport;
import io.netty.channel.IoEventLoop;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/** The tailscaled of this box, if there is one: watched, and how it is since when. Confined to the agent's loop. */
final class NodeOutlook implements AutoCloseable {

    private final Clock clock;
    // Null where it is to be left alone.
    private final @Nullable NodeWatch watch;
    private Optional<NodeView> view = Optional.empty();
    private Optional<NodeReport.Said> said = Optional.empty();
    private long since;

    NodeOutlook(IoEventLoop loop, Clock clock, TailscaleConfig config) {
        this.clock = clock;
        var sockets = config.socket().map(List::of).orElse(NodeWatch.SOCKETS);
        watch = config.enabled()
                ? new NodeWatch(new NodeWatch.Outside(
                        loop, clock, Path.of("/proc"), sockets, NodeWatch.Pace.USUAL, this::onNode))
                : null;
    }

    /** Looks for it where none is known, and asks it how it is. */
    void look() {
        if (watch != null) {
            watch.look();
        }
    }

    /** The network is another one: a tailscaled that starts makes an interface. */
    void onNetwork() {
        if (view.isEmpty()) {
            look();
        }
    }

    private void onNode(Optional<NodeView> now) {
        view = now;
        var next = now.map(NodeReport::of);
        if (!next.equals(said)) {
            Logger.info("tailscale: {}", next.map(NodeOutlook::words).orElse("there is none any more"));
            said = next;
            since = clock.monotonicNanos();
        }
    }

    private static String words(NodeReport.Said said) {
        return said.state().word() + said.why().map(why -> ": " + why).orElse("");
    }

    /**
     * How it is; empty where there is none.
     *
     * @param wallMillis the wall clock at a moment of the monotonic one
     */
    Optional<StatusReport.Node> report(LongUnaryOperator wallMillis) {
        return view.flatMap(node -> said.map(word -> NodeReport.of(node, word, wallMillis.applyAsLong(since))));
    }

    /** What it said that could not be read. */
    long malformed() {
        return watch == null ? 0 : watch.malformed();
    }

    @Override
    public void close() {
        if (watch != null) {
            watch.close();
        }
    }
}
