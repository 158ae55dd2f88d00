package dev.reroam.stun;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.stun.StunAttribute.ErrorCode;
import dev.reroam.stun.StunAttribute.XorMappedAddress;
import dev.reroam.stun.StunEffect.Send;
import dev.reroam.stun.StunEvent.Received;
import dev.reroam.stun.StunEvent.TimePassed;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.stream.Stream;

/** A way on which packets above a size vanish, and a server at its end. */
final class SimulatedPath {

    /** The server. */
    enum Manner {
        ANSWERS,
        /** Does not understand, and says so. */
        REFUSES,
        /** Is silent when asked so long a question. */
        IGNORES_LONG,
        SILENT
    }

    private record Reply(long at, StunMessage message) {}

    private final Endpoint server;
    private final int mtu;
    private final long roundTrip;
    private final Manner manner;
    private final double loss;
    private final Random random;
    private final PriorityQueue<Reply> underWay = new PriorityQueue<>((a, b) -> Long.compare(a.at(), b.at()));
    final List<Integer> sizes = new ArrayList<>();
    long now;

    SimulatedPath(Endpoint server, int mtu, long roundTrip, Manner manner, double loss, Random random) {
        this.server = server;
        this.mtu = mtu;
        this.roundTrip = roundTrip;
        this.manner = manner;
        this.loss = loss;
        this.random = random;
    }

    PathMtu measure(int largest) {
        var ids = Stream.generate(() -> TransactionId.draw(random))
                .limit(MtuSearch.IDS)
                .toList();
        var step = MtuSearch.start(
                new MtuSearch.Plan(server, largest, Schedule.after(roundTrip, MtuSearch.REQUESTS), ids), now);
        step.effects().forEach(this::send);
        while (!step.state().isFinished()) {
            long due = step.state().dueAt().orElseThrow();
            if (!underWay.isEmpty() && underWay.peek().at() <= due) {
                var reply = underWay.remove();
                now = reply.at();
                step = step.state().after(new Received(0, server, reply.message()), now);
            } else {
                now = due;
                step = step.state().after(new TimePassed(), now);
            }
            step.effects().forEach(this::send);
        }
        return step.state().found();
    }

    private void send(Send send) {
        int header = server.address().family() == IpFamily.V4 ? 28 : 48;
        int size = header + StunCodec.encode(send.ask().request()).length;
        sizes.add(size);
        boolean vanishes = size > mtu
                || random.nextDouble() < loss
                || manner == Manner.SILENT
                || (manner == Manner.IGNORES_LONG && size > 548);
        if (vanishes) {
            return;
        }
        var id = send.ask().id();
        var answer = manner == Manner.REFUSES
                ? new StunMessage(
                        MessageClass.ERROR, StunMessage.BINDING, id, List.of(new ErrorCode(420, "Unknown")), true)
                : new StunMessage(
                        MessageClass.SUCCESS,
                        StunMessage.BINDING,
                        id,
                        List.of(new XorMappedAddress(Endpoint.parse("203.0.113.7:4000"))),
                        true);
        underWay.add(new Reply(now + roundTrip, answer));
    }
}
