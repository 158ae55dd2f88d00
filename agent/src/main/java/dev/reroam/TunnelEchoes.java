package dev.reroam;

import dev.reroam.echo.EchoProber;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.DescriptorLoop;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.Observation;
import dev.reroam.recovery.TunnelId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** Echoes through tunnels: which tunnel each was for, while it may be answered. Confined to the agent's loop. */
final class TunnelEchoes implements AutoCloseable {

    /** Ours: six echoes to each of 1,000 tunnels. */
    private static final int MOST = 6_000;

    private final EchoProber prober;
    private final Consumer<Observation> listener;
    // The oldest go first.
    private final Map<Long, TunnelId> sent = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, TunnelId> eldest) {
            return size() > MOST;
        }
    };

    /** @param listener is told of answers, and of what could not be sent */
    TunnelEchoes(DescriptorLoop descriptors, Clock clock, RandomGenerator random, Consumer<Observation> listener) {
        this.listener = listener;
        prober = new EchoProber(descriptors, clock, random, this::onEcho);
    }

    /** What sends them. */
    EchoProber prober() {
        return prober;
    }

    void send(Action.SendEcho asked) {
        try {
            sent.put(asked.echo(), asked.tunnel());
            prober.send(asked.echo(), asked.interfaceIndex(), asked.tunnel().device(), asked.target());
        } catch (LinuxException e) {
            sent.remove(asked.echo());
            listener.accept(new Observation.EchoRefused(asked.tunnel(), asked.echo(), String.valueOf(e.getMessage())));
        }
    }

    private void onEcho(long number, long roundTripNanos) {
        var tunnel = sent.remove(number);
        if (tunnel != null) {
            listener.accept(new Observation.EchoAnswered(tunnel, number, roundTripNanos));
        }
    }

    /** Gives up what is too old to be answered. */
    void expire() {
        prober.expire();
    }

    @Override
    public void close() {
        prober.close();
    }
}
