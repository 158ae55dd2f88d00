package dev.reroam.stun;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.packet.Outlet;
import dev.reroam.linux.packet.UdpPort;
import dev.reroam.linux.packet.UdpPorts;
import dev.reroam.loop.Alarm;
import dev.reroam.stun.StunEffect.Send;
import dev.reroam.stun.StunEvent.TimePassed;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Performs a {@link Discovery} on two sockets. Confined to the agent's loop. */
final class DiscoveryRun implements AutoCloseable {

    private final EventLoop loop;
    private final Clock clock;
    private final Consumer<DiscoveryRun> then;
    private final Alarm alarm;
    /** By the numbers of {@link Discovery}; empty before the start and after the end. */
    private final List<UdpPort> sockets = new ArrayList<>();

    // Null before the start.
    private @Nullable Discovery state;
    private int requests;

    DiscoveryRun(EventLoop loop, Clock clock, Consumer<DiscoveryRun> then) {
        this.loop = loop;
        this.clock = clock;
        this.then = then;
        alarm = new Alarm(loop, clock, () -> take(new TimePassed()));
    }

    void start(UdpPorts ports, Outlet outlet, List<Endpoint> servers, Schedule schedule, RandomGenerator random)
            throws LinuxException {
        var ids = new ArrayList<TransactionId>();
        for (int i = 0; i < Discovery.IDS; i++) {
            ids.add(TransactionId.draw(random));
        }
        try {
            for (int number : List.of(Discovery.MAPPING_SOCKET, Discovery.FILTERING_SOCKET)) {
                sockets.add(ports.own(outlet, 0, (from, payload) -> take(StunClient.received(number, from, payload))));
            }
        } catch (LinuxException e) {
            close();
            throw e;
        }
        var plan = new Discovery.Plan(
                servers.stream().distinct().limit(Discovery.MAX_SERVERS).toList(),
                sockets.get(Discovery.MAPPING_SOCKET).local(),
                sockets.get(Discovery.FILTERING_SOCKET).local(),
                schedule,
                ids);
        perform(Discovery.start(plan, clock.monotonicNanos()));
    }

    private void take(StunEvent event) {
        if (state != null && !sockets.isEmpty()) {
            perform(Discovery.step(state, event, clock.monotonicNanos()));
        }
    }

    private void perform(Discovery.Step step) {
        state = step.state();
        for (Send send : step.effects()) {
            requests++;
            StunClient.send(sockets.get(send.ask().socket()), send)
                    .ifPresent(refusal -> loop.execute(() -> take(refusal)));
        }
        if (state.isFinished()) {
            close();
            // In the loop's next turn: where nobody is to be asked, this is the turn of whoever wants to know.
            loop.execute(() -> then.accept(this));
            return;
        }
        StunClient.arm(alarm, state.dueAt());
    }

    /** What was found; only when finished. */
    Discovered result() {
        if (state == null) {
            throw new IllegalStateException("not started");
        }
        Map<Endpoint, Outcome> outcomes = new LinkedHashMap<>();
        for (Endpoint server : state.plan().servers()) {
            state.outcome(server).ifPresent(outcome -> outcomes.put(server, outcome));
        }
        return new Discovered(
                state.behaviour(),
                state.plan().mappingLocal(),
                Collections.unmodifiableMap(outcomes),
                requests,
                state.transactions().dropped());
    }

    @Override
    public void close() {
        alarm.close();
        sockets.forEach(UdpPort::close);
        sockets.clear();
    }
}
