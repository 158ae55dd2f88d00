package dev.reroam.lookout;

import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.packet.Outlet;
import dev.reroam.sentinel.SentinelEffect;
import dev.reroam.sentinel.SentinelEvent;
import dev.reroam.stun.Outcome;
import dev.reroam.stun.Schedule;
import dev.reroam.stun.StunClient;
import dev.reroam.stun.StunSocket;
import dev.reroam.uplink.Uplink;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The sentinel's questions over STUN, each from a socket that is bound to the uplink's interface and address, and only where
 * the kernel sends it by the uplink. Confined to the agent's loop.
 */
final class StunQuestions implements Questions {

    /** Exactly one packet, since the sentinel repeats by itself; it takes answers this late (its own bound). */
    private static final Schedule ONE_PACKET = Schedule.of(10_000, 1, 1);

    private record Key(Uplink uplink, long port) {}

    private final StunClient client;
    private final Ways ways;
    private final Packets packets;
    private final Map<Key, StunSocket> sockets = new HashMap<>();

    StunQuestions(StunClient client, Ways ways, Packets packets) {
        this.client = client;
        this.ways = ways;
        this.packets = packets;
    }

    @Override
    public void ask(SentinelEffect.Ask ask, Consumer<SentinelEvent> then) {
        if (!ways.lead(ask.uplink(), ask.server())) {
            then.accept(new SentinelEvent.Refused(ask.question(), "another way leads to " + ask.server()));
            return;
        }
        try {
            var socket = socket(new Key(ask.uplink(), ask.port()));
            packets.count(ask.uplink(), 1);
            socket.ask(ask.server(), ONE_PACKET, outcome -> tell(ask.question(), outcome, then));
        } catch (LinuxException e) {
            // Interface or address gone, or not usable yet.
            then.accept(new SentinelEvent.Refused(ask.question(), String.valueOf(e.getMessage())));
        }
    }

    private StunSocket socket(Key key) throws LinuxException {
        var known = sockets.get(key);
        if (known != null) {
            return known;
        }
        var opened = client.open(outlet(key.uplink(), 0));
        sockets.put(key, opened);
        return opened;
    }

    /** By the uplink and no other. */
    static Outlet outlet(Uplink uplink, int mark) {
        return new Outlet(uplink.source(), uplink.interfaceName(), uplink.interfaceIndex(), mark);
    }

    private static void tell(long question, Outcome outcome, Consumer<SentinelEvent> then) {
        switch (outcome) {
            case Outcome.Answered answer ->
                then.accept(new SentinelEvent.Answered(question, answer.mapped(), answer.roundTripNanos()));
            // It gave up waiting long ago.
            case Outcome.Silent silent -> {}
            case Outcome.Unmoved unmoved -> then.accept(new SentinelEvent.Refused(question, "answered elsewhere"));
            case Outcome.Looped looped -> then.accept(new SentinelEvent.Refused(question, "came back"));
            case Outcome.Refused refused ->
                then.accept(new SentinelEvent.Refused(question, refused.code() + " " + refused.reason()));
            case Outcome.Unusable unusable ->
                then.accept(new SentinelEvent.Refused(question, "an answer that must not be used"));
            case Outcome.Unsent unsent ->
                then.accept(new SentinelEvent.Refused(question, unsent.why().symbol()));
        }
    }

    @Override
    public void leave(Uplink uplink, long port) {
        var socket = sockets.remove(new Key(uplink, port));
        if (socket != null) {
            socket.close();
        }
    }
}
