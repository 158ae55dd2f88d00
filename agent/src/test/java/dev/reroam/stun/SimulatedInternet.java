package dev.reroam.stun;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.stun.Inquiry.Progress;
import dev.reroam.stun.StunEffect.Send;
import dev.reroam.stun.StunEvent.Received;
import dev.reroam.stun.StunEvent.TimePassed;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/** One client behind one NAT, some servers, and packets that take time, get lost, come twice and overtake each other. */
final class SimulatedInternet {

    private static final long MS = 1_000_000;

    /** How packets fare. */
    record Weather(long leastMillis, long mostMillis, double loss, double duplicates) {
        static final Weather FAIR = new Weather(20, 20, 0, 0);
    }

    private record Packet(long at, long number, Endpoint from, Endpoint to, StunMessage message, boolean isInbound) {}

    private final Weather weather;
    private final SimulatedNat nat;
    private final List<SimulatedServer> servers;
    private final List<Endpoint> sockets;
    private final Random random;
    private final PriorityQueue<Packet> underWay = new PriorityQueue<>((a, b) -> {
        int order = Long.compare(a.at() - b.at(), 0);
        return order != 0 ? order : Long.compare(a.number(), b.number());
    });
    private long numbers;
    private long now;
    private int sent;
    private long lifetime = Long.MAX_VALUE;
    private long coldUntil;

    SimulatedInternet(
            Weather weather, SimulatedNat nat, List<SimulatedServer> servers, List<Endpoint> sockets, Random random) {
        this.weather = weather;
        this.nat = nat;
        this.servers = servers;
        this.sockets = sockets;
        this.random = random;
    }

    /** Nanoseconds since the start. */
    long now() {
        return now;
    }

    /** Requests sent. */
    int sent() {
        return sent;
    }

    /** Has mappings die when nothing went out through them for so long. */
    SimulatedInternet withLifetime(long nanos) {
        lifetime = nanos;
        return this;
    }

    /** Has nothing leave before so many milliseconds have passed. */
    SimulatedInternet withColdStart(long millis) {
        coldUntil = millis * MS;
        return this;
    }

    Discovery run(Discovery.Plan plan) {
        return run(Discovery.start(plan, now));
    }

    <I extends Inquiry<I>> I run(Progress<I> start) {
        var step = start;
        step.effects().forEach(this::send);
        I state = step.state();
        while (!state.isFinished()) {
            long due = state.dueAt().orElseThrow();
            if (!underWay.isEmpty() && underWay.peek().at() <= due) {
                Packet packet = underWay.remove();
                now = packet.at();
                step = arrive(state, packet);
            } else {
                now = due;
                step = state.after(new TimePassed(), now);
            }
            state = step.state();
            step.effects().forEach(this::send);
        }
        return state;
    }

    private void send(Send send) {
        sent++;
        nat.forget(now, lifetime);
        Endpoint local = sockets.get(send.ask().socket());
        Endpoint destination = send.ask().server();
        Endpoint external = nat.outbound(local, destination, now);
        dispatch(external, destination, send.ask().request(), nat.isMine(destination));
    }

    private void dispatch(Endpoint from, Endpoint to, StunMessage message, boolean isInbound) {
        int copies = random.nextDouble() < weather.loss() ? 0 : random.nextDouble() < weather.duplicates() ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            long spread = weather.mostMillis() - weather.leastMillis();
            long delay = weather.leastMillis() * MS + (spread == 0 ? 0 : random.nextLong(spread * MS));
            underWay.add(new Packet(Math.max(now, coldUntil) + delay, numbers++, from, to, message, isInbound));
        }
    }

    private <I extends Inquiry<I>> Progress<I> arrive(I state, Packet packet) {
        if (!packet.isInbound()) {
            servers.stream()
                    .filter(server -> server.listensAt(packet.to()))
                    .flatMap(server -> server.answer(packet.to(), packet.from(), packet.message()).stream())
                    .forEach(reply -> dispatch(reply.from(), reply.to(), reply.message(), true));
            return new Progress<>(state, List.of());
        }
        nat.forget(now, lifetime);
        boolean isHairpin = packet.message().messageClass() == MessageClass.REQUEST;
        var local = isHairpin ? nat.hairpin(packet.to()) : nat.inbound(packet.to(), packet.from());
        return local.map(to -> state.after(new Received(sockets.indexOf(to), packet.from(), packet.message()), now))
                .orElseGet(() -> new Progress<>(state, List.of()));
    }

    /** As many ids as a discovery may need. */
    static List<TransactionId> ids(Random random) {
        var ids = new ArrayList<TransactionId>();
        for (int i = 0; i < Discovery.IDS; i++) {
            ids.add(TransactionId.draw(random));
        }
        return ids;
    }
}
