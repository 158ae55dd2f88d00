package dev.reroam;

import dev.reroam.flow.SourcePorts;
import dev.reroam.flow.SourcePorts.Packets;
import dev.reroam.linux.ip.Endpoint;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.DeviceFacts;
import dev.reroam.recovery.Observation.RepairOutcome;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.tinylog.Logger;

/** Performs what the brain wishes of source ports: a rule first, then the flows go for which it comes too late. Confined to the loop. */
final class PortRewrites {

    private final SourcePorts ports;
    private final FlowRepairs flows;
    private final Executor loop;

    PortRewrites(SourcePorts ports, FlowRepairs flows, Executor loop) {
        this.ports = ports;
        this.flows = flows;
        this.loop = loop;
    }

    /** Takes back what a crashed agent has left. */
    void sweep() {
        // Without nft no rules are left either.
        orElse(ports.sweep(), why -> Logger.debug("no rules for source ports were looked for: {}", why));
    }

    void perform(Action.RewriteSourcePorts asked, Consumer<RepairOutcome> then) {
        var packets = packets(asked.device(), asked.flows());
        var done = ports.rewrite(packets)
                .thenRunAsync(
                        () -> {
                            packets.forEach(one -> Logger.info(
                                    "{} -> {} leaves from port {}", one.source(), one.peer(), ports.port(one)));
                            flows.renew(asked.device(), asked.flows(), () -> then.accept(new RepairOutcome.Done()));
                        },
                        loop);
        orElse(done, why -> {
            orElse(ports.restore(packets), more -> Logger.debug("nothing to take back: {}", more));
            then.accept(new RepairOutcome.NotNeeded("no port can be rewritten: " + why));
        });
    }

    void perform(Action.RestoreSourcePorts asked, Consumer<RepairOutcome> then) {
        var done = ports.restore(packets(asked.device(), asked.flows()))
                .thenRunAsync(() -> then.accept(new RepairOutcome.Done()), loop);
        orElse(done, why -> {
            Logger.warn("source ports stay rewritten until the next change: {}", why);
            then.accept(new RepairOutcome.Refused("restore source ports", "EIO", why));
        });
    }

    /** Takes everything back; complete when that is done or was refused. */
    CompletableFuture<Void> giveBack() {
        return ports.restoreAll().exceptionally(problem -> {
            Logger.warn("source ports stay rewritten: {}", words(problem));
            return null;
        });
    }

    private void orElse(CompletableFuture<Void> done, Consumer<String> failed) {
        var unused = done.exceptionallyAsync(
                problem -> {
                    failed.accept(words(problem));
                    return null;
                },
                loop);
    }

    private static String words(Throwable problem) {
        var cause = problem instanceof CompletionException && problem.getCause() != null ? problem.getCause() : problem;
        return String.valueOf(cause.getMessage());
    }

    private static List<Packets> packets(DeviceFacts device, List<Action.PeerFlow> flows) {
        return flows.stream()
                .map(flow -> new Packets(
                        flow.way().interfaceName(),
                        new Endpoint(flow.way().source(), device.listenPort()),
                        flow.endpoint()))
                .toList();
    }
}
