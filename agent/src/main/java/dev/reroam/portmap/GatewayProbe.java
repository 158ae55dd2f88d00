package dev.reroam.portmap;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.DescriptorLoop;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.loop.Alarm;
import dev.reroam.portmap.gateway.Chance;
import dev.reroam.portmap.gateway.Effect;
import dev.reroam.portmap.gateway.GatewayClient;
import dev.reroam.portmap.gateway.HttpAnswer;
import dev.reroam.portmap.gateway.Operation;
import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.portmap.gateway.Report;
import dev.reroam.portmap.gateway.Stimulus;
import dev.reroam.portmap.natpmp.NatPmpClient;
import dev.reroam.portmap.pcp.PcpClient;
import dev.reroam.portmap.pcp.PcpNonce;
import dev.reroam.portmap.upnp.UpnpClient;
import io.netty.channel.IoEventLoop;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Asks a gateway once whether it speaks one protocol, and leaves nothing behind in it. Confined to the agent loop.
 *
 * <p>Has sockets of its own: what a {@link PortMapper} beside it asks and hears is not touched.
 */
public final class GatewayProbe implements AutoCloseable {

    private final Clock clock;
    private final Protocol protocol;
    private final Consumer<Report> then;
    private final UplinkSockets sockets;
    private final GatewayHttp http;
    private final Alarm alarm;
    private final Queue<Stimulus> waiting = new ArrayDeque<>();
    private GatewayClient client;
    private boolean turning;
    private boolean closed;

    private GatewayProbe(
            IoEventLoop loop,
            DescriptorLoop descriptors,
            Clock clock,
            RandomGenerator random,
            UplinkFacts uplink,
            Protocol protocol,
            Consumer<Report> then)
            throws LinuxException {
        this.clock = clock;
        this.protocol = protocol;
        this.then = then;
        client = client(uplink, protocol, random);
        alarm = new Alarm(loop, clock, () -> accept(new Stimulus.Due()));
        http = new GatewayHttp(loop, uplink);
        sockets = UplinkSockets.openAsking(uplink, List.of(protocol), descriptors, event -> {
            if (event instanceof MapperEvent.Came came) {
                accept(came.stimulus());
            }
        });
    }

    /** The protocols of a family: for IPv6 there is PCP only. */
    public static List<Protocol> protocols(IpFamily family) {
        return family == IpFamily.V4 ? Arrays.asList(Protocol.values()) : List.of(Protocol.PCP);
    }

    /**
     * Begins to ask.
     *
     * @param then is told once, on the loop, {@link Report.Present} or {@link Report.Absent}, after 4 s at the latest (UPnP:
     *     as long as it has an answer to wait for); not within this call, and not at all when what is returned is closed
     *     first
     * @throws LinuxException when the kernel refuses the socket
     */
    public static GatewayProbe begin(
            IoEventLoop loop,
            DescriptorLoop descriptors,
            Clock clock,
            RandomGenerator random,
            UplinkFacts uplink,
            Protocol protocol,
            Consumer<Report> then)
            throws LinuxException {
        var probe = new GatewayProbe(loop, descriptors, clock, random, uplink, protocol, then);
        probe.accept(new Stimulus.Ask(new Operation.Probe()));
        return probe;
    }

    private static GatewayClient client(UplinkFacts uplink, Protocol protocol, RandomGenerator random) {
        var chance = new Chance(random.nextLong());
        return switch (protocol) {
            // A probe carries no nonce; this one is never seen by anybody.
            case PCP -> PcpClient.of(uplink.gateway(), uplink.local(), new PcpNonce(0, 0), chance);
            case NAT_PMP -> NatPmpClient.of(uplink.gateway());
            case UPNP -> UpnpClient.of(uplink.gateway(), uplink.local(), false, chance);
        };
    }

    private void accept(Stimulus stimulus) {
        waiting.add(stimulus);
        if (turning) {
            return;
        }
        turning = true;
        try {
            while (!waiting.isEmpty() && !closed) {
                var turn = client.step(waiting.remove(), clock.monotonicNanos());
                client = turn.client();
                turn.effects().forEach(this::perform);
            }
        } finally {
            turning = false;
        }
        if (!closed && client.dueAt() != GatewayClient.NEVER) {
            alarm.setAt(client.dueAt());
        }
    }

    private void perform(Effect effect) {
        if (closed) {
            return;
        }
        switch (effect) {
            case Effect.Send send -> sockets.send(protocol, send.to(), send.bytes());
            case Effect.Call call -> call(call);
            case Effect.Tell tell -> {
                if (tell.report() instanceof Report.Present || tell.report() instanceof Report.Absent) {
                    close();
                    then.accept(tell.report());
                }
            }
        }
    }

    private void call(Effect.Call call) {
        http.ask(call.request(), new GatewayHttp.Outcome() {
            @Override
            public void onAnswer(HttpAnswer answer) {
                accept(new Stimulus.Answered(call.call(), answer));
            }

            @Override
            public void onFailure(String why) {
                accept(new Stimulus.CallFailed(call.call(), why));
            }
        });
    }

    /** Ends it, and nobody is told; idempotent. */
    @Override
    public void close() {
        closed = true;
        alarm.close();
        sockets.close();
        http.close();
    }
}
