package dev.reroam.portmap;

import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.DescriptorLoop;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.loop.Alarm;
import dev.reroam.portmap.gateway.Chance;
import dev.reroam.portmap.gateway.GatewayClient;
import dev.reroam.portmap.gateway.HttpAnswer;
import dev.reroam.portmap.gateway.HttpRequest;
import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.portmap.gateway.Stimulus;
import dev.reroam.portmap.gateway.Wanted;
import dev.reroam.portmap.pcp.PcpNonce;
import io.netty.channel.IoEventLoop;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Maps ports at the gateway of one uplink: {@link UplinkMapper} with its sockets and its clock. Confined to the agent loop.
 *
 * <p>When the gateway or our address towards it changes, this one is stopped and closed and another is made.
 */
public final class PortMapper implements GatewayMapper {

    private final IoEventLoop loop;
    private final Clock clock;
    private final RandomGenerator random;
    private final UplinkFacts uplink;
    private final Consumer<News> listener;
    private final UplinkSockets sockets;
    private final GatewayHttp http;
    private final Alarm alarm;
    private final Queue<MapperEvent> waiting = new ArrayDeque<>();
    private UplinkMapper state;
    private boolean turning;
    private boolean closed;
    // Null until the first subscription.
    private @Nullable EventServer eventServer;

    /**
     * Opens the sockets; nothing is asked before {@link #want}.
     *
     * @param random unguessable: the path of the events' server is drawn from it
     * @param nonce see {@link dev.reroam.portmap.pcp.PcpClient}
     * @param known from a mapper before this one
     * @param listener is called on the loop, after the step that had the news; may call this object
     */
    public PortMapper(
            IoEventLoop loop,
            DescriptorLoop descriptors,
            Clock clock,
            RandomGenerator random,
            UplinkFacts uplink,
            PcpNonce nonce,
            Known known,
            Consumer<News> listener)
            throws LinuxException {
        this.loop = loop;
        this.clock = clock;
        this.random = random;
        this.uplink = uplink;
        this.listener = listener;
        state = UplinkMapper.of(
                        uplink.gateway(),
                        uplink.local(),
                        nonce,
                        true,
                        new Chance(random.nextLong()),
                        clock.monotonicNanos())
                .knowing(known);
        sockets = UplinkSockets.open(uplink, state.clients().keySet(), descriptors, this::accept);
        http = new GatewayHttp(loop, uplink);
        alarm = new Alarm(loop, clock, () -> accept(new MapperEvent.Due()));
    }

    /** What all mappers open their sockets with. */
    public record Sockets(
            IoEventLoop loop, DescriptorLoop descriptors, Clock clock, RandomGenerator random, PcpNonce nonce) {
        PortMapper open(UplinkFacts uplink, Known known, Consumer<News> listener) throws LinuxException {
            return new PortMapper(loop, descriptors, clock, random, uplink, nonce, known, listener);
        }
    }

    /** These ports shall be mapped, and no others of ours. */
    @Override
    public void want(Set<Wanted> ports) {
        accept(new MapperEvent.Want(ports));
    }

    @Override
    public void greet() {
        accept(new MapperEvent.Greet());
    }

    /** Something changed: everything is asked for again, at once or as soon as the damping allows. */
    @Override
    public void checkAll(String why) {
        accept(new MapperEvent.CheckAll(why));
    }

    @Override
    public void takeBack(Wanted wanted, int externalPort) {
        accept(new MapperEvent.Left(wanted, externalPort));
    }

    /** The answer to {@link News.PermanentAhead}, once it is written down. */
    @Override
    public void permanentNoted(Wanted wanted) {
        accept(new MapperEvent.PermanentNoted(wanted));
    }

    /** Takes everything back; {@link News.Ended} comes within 4.5 s, and 2 s where the gateway is silent. */
    @Override
    public void stop() {
        accept(new MapperEvent.Stop());
    }

    /** The state as it is, for those who show it. */
    @Override
    public UplinkMapper state() {
        return state;
    }

    /** The uplink that it was made for. */
    public UplinkFacts uplink() {
        return uplink;
    }

    private void accept(MapperEvent event) {
        waiting.add(event);
        if (turning) {
            return;
        }
        turning = true;
        try {
            while (!waiting.isEmpty() && !closed) {
                turn(waiting.remove());
            }
        } finally {
            turning = false;
        }
        if (!closed) {
            setAlarm();
        }
    }

    private void turn(MapperEvent event) {
        var step = state.step(event, clock.monotonicNanos());
        state = step.mapper();
        for (MapperEffect effect : step.effects()) {
            switch (effect) {
                case MapperEffect.Send send -> sockets.send(send.protocol(), send.to(), send.bytes());
                case MapperEffect.Call call -> call(call);
                case MapperEffect.Tell tell -> listener.accept(tell.news());
            }
        }
    }

    private void setAlarm() {
        long due = state.dueAt();
        if (due == GatewayClient.NEVER) {
            alarm.cancel();
        } else {
            alarm.setAt(due);
        }
    }

    private void call(MapperEffect.Call call) {
        var request = call.request();
        if (request.method().equals("SUBSCRIBE") && request.headers().containsKey("CALLBACK")) {
            subscribe(call);
        } else {
            ask(call.call(), request);
        }
    }

    private void ask(long call, HttpRequest request) {
        http.ask(request, new GatewayHttp.Outcome() {
            @Override
            public void onAnswer(HttpAnswer answer) {
                accept(new MapperEvent.Came(Protocol.UPNP, new Stimulus.Answered(call, answer)));
            }

            @Override
            public void onFailure(String why) {
                accept(new MapperEvent.Came(Protocol.UPNP, new Stimulus.CallFailed(call, why)));
            }
        });
    }

    /** The port for events is opened only now: where no gateway takes a subscription, none is open. */
    private void subscribe(MapperEffect.Call call) {
        if (eventServer != null) {
            eventServer.close();
        }
        byte[] path = new byte[16];
        random.nextBytes(path);
        eventServer = new EventServer(
                loop,
                uplink,
                "/" + HexFormat.of().formatHex(path),
                (subscription, body) ->
                        accept(new MapperEvent.Came(Protocol.UPNP, new Stimulus.Notified(subscription, body))),
                url -> {
                    if (url.isEmpty()) {
                        accept(new MapperEvent.Came(
                                Protocol.UPNP, new Stimulus.CallFailed(call.call(), "no port for events")));
                    } else if (!closed) {
                        var headers = new HashMap<>(call.request().headers());
                        headers.put("CALLBACK", "<" + url + ">");
                        ask(
                                call.call(),
                                new HttpRequest(
                                        "SUBSCRIBE",
                                        call.request().port(),
                                        call.request().path(),
                                        headers,
                                        ""));
                    }
                });
    }

    /** Closes everything without taking anything back; idempotent. */
    @Override
    public void close() {
        closed = true;
        alarm.close();
        sockets.close();
        http.close();
        if (eventServer != null) {
            eventServer.close();
        }
    }
}
