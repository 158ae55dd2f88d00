package dev.reroam;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.names.NameAnswer;
import dev.reroam.tcp.Findings;
import dev.reroam.tcp.ServerSilence;
import dev.reroam.tcp.SilentServer;
import dev.reroam.tunnel.tailscale.see.ControlWatch;
import dev.reroam.uplink.Uplink;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.tinylog.Logger;

/**
 * How tailscaled's control server is found out about: its name by this machine's name servers and those behind them, its silence
 * by the kernel. Confined to the agent's loop.
 */
final class ControlMeans implements ControlWatch.Means, AutoCloseable {

    private final EventLoop loop;
    private final Executor slowLane;
    private final HostNames names;
    private final Supplier<List<Uplink>> ways;
    private final ServerSilence silence;
    private final Redials redials;

    /**
     * @param ways out of this machine, best first
     * @param silence closed with this
     * @param redials of tailscaled; stays its owner's
     */
    ControlMeans(
            EventLoop loop,
            Executor slowLane,
            HostNames names,
            Supplier<List<Uplink>> ways,
            ServerSilence silence,
            Redials redials) {
        this.loop = loop;
        this.slowLane = slowLane;
        this.names = names;
        this.ways = ways;
        this.silence = silence;
        this.redials = redials;
    }

    @Override
    public void resolve(String host, Consumer<List<IpAddress>> then) {
        var literal = HostNames.literal(host);
        if (literal.isPresent()) {
            then.accept(List.of(literal.get()));
            return;
        }
        try {
            slowLane.execute(() -> {
                var servers = NameServers.readAll();
                loop.execute(() -> names.ask(host, servers, ways.get(), answer -> then.accept(addresses(answer))));
            });
        } catch (RejectedExecutionException e) {
            // Full of what matters more: the next look asks again.
            Logger.debug("{} is not looked up: {}", host, e.getMessage());
            then.accept(List.of());
        }
    }

    private static List<IpAddress> addresses(NameAnswer answer) {
        return switch (answer) {
            case NameAnswer.Found found -> found.addresses();
            case NameAnswer.None none -> List.of();
        };
    }

    @Override
    public void silence(Set<IpAddress> servers, Consumer<OptionalLong> then) {
        silence.look(servers, then);
    }

    @Override
    public void isOurs(Set<IpAddress> servers, long millis, Consumer<Boolean> then) {
        redials.search(
                new SilentServer(servers, millis),
                findings -> then.accept(findings instanceof Findings.Found found
                        && !found.stale().isEmpty()));
    }

    @Override
    public void close() {
        silence.close();
    }
}
