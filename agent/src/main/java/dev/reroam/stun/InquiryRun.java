package dev.reroam.stun;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.packet.UdpPort;
import dev.reroam.loop.Alarm;
import dev.reroam.stun.Inquiry.Progress;
import dev.reroam.stun.StunEffect.Send;
import dev.reroam.stun.StunEvent.TimePassed;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Performs an {@link Inquiry} on its sockets. Confined to the agent's loop. */
final class InquiryRun<I extends Inquiry<I>> implements AutoCloseable {

    /** Opens one of the sockets. */
    interface Opener {
        UdpPort open(UdpPort.Receiver receiver) throws LinuxException;
    }

    private final EventLoop loop;
    private final Clock clock;
    private final Consumer<I> then;
    private final Alarm alarm;
    /** By their numbers; empty after the end. */
    private final List<UdpPort> sockets = new ArrayList<>();

    // Null before the start.
    private @Nullable I state;
    private int requests;
    private boolean closed;

    /**
     * Opens the sockets.
     *
     * @param openers one for each socket, in the order of their numbers
     * @param then is called once, with the finished inquiry; not at all when this is closed first
     */
    InquiryRun(EventLoop loop, Clock clock, List<Opener> openers, Consumer<I> then) throws LinuxException {
        this.loop = loop;
        this.clock = clock;
        this.then = then;
        alarm = new Alarm(loop, clock, () -> take(new TimePassed()));
        try {
            for (Opener opener : openers) {
                int number = sockets.size();
                sockets.add(opener.open((from, payload) -> take(StunClient.received(number, from, payload))));
            }
        } catch (LinuxException e) {
            close();
            throw e;
        }
    }

    /** The address and port of a socket; before the end. */
    Endpoint local(int number) {
        return sockets.get(number).local();
    }

    /** Requests sent. */
    int requests() {
        return requests;
    }

    /** What is known by now; empty before the start. */
    Optional<I> soFar() {
        return Optional.ofNullable(state);
    }

    void start(Progress<I> first) {
        perform(first);
    }

    private void take(StunEvent event) {
        if (state != null && !sockets.isEmpty()) {
            perform(state.after(event, clock.monotonicNanos()));
        }
    }

    private void perform(Progress<I> progress) {
        I now = progress.state();
        state = now;
        for (Send send : progress.effects()) {
            requests++;
            StunClient.send(sockets.get(send.ask().socket()), send)
                    .ifPresent(refusal -> loop.execute(() -> take(refusal)));
        }
        if (!now.isFinished()) {
            StunClient.arm(alarm, now.dueAt());
            return;
        }
        end();
        // In the loop's next turn: where nobody is to be asked, this is the turn of whoever wants to know.
        loop.execute(() -> {
            if (!closed) {
                then.accept(now);
            }
        });
    }

    private void end() {
        alarm.close();
        sockets.forEach(UdpPort::close);
        sockets.clear();
    }

    @Override
    public void close() {
        closed = true;
        end();
    }
}
