package dev.reroam.names;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.packet.Outlet;
import dev.reroam.loop.Alarm;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The addresses of one name in both families, asked by several ways at once. Confined to the agent's loop.
 *
 * <p>What several servers say is merged: one of them may lie, or know an older address, and whoever tries the addresses finds
 * out which is right.
 */
public final class NameSearch {

    private final Consumer<NameAnswer> then;
    private final long mergeNanos;
    private final Alarm over;
    private final Set<IpAddress> found = new LinkedHashSet<>();
    private boolean exists;
    private Optional<String> why = Optional.empty();
    private int open;
    private boolean told;

    /** A server, and the way to it. */
    public record Way(Outlet outlet, Endpoint server) {}

    private NameSearch(int questions, EventLoop loop, Clock clock, long mergeNanos, Consumer<NameAnswer> then) {
        this.open = questions;
        this.mergeNanos = mergeNanos;
        this.then = then;
        this.over = new Alarm(loop, clock, this::tell);
    }

    /**
     * Asks.
     *
     * @param ways by which it is asked, all at once
     * @param mergeNanos how long others may take after the first who knew an address
     * @param then is called once, on the loop and never within this call, after some 2 s at most; not at all when the client
     *     is closed first
     */
    public static void begin(
            NameClient client,
            EventLoop loop,
            Clock clock,
            String name,
            List<Way> ways,
            long mergeNanos,
            Consumer<NameAnswer> then) {
        if (ways.isEmpty()) {
            loop.execute(() -> then.accept(new NameAnswer.None("no name server is known")));
            return;
        }
        var search = new NameSearch(ways.size() * IpFamily.values().length, loop, clock, mergeNanos, then);
        for (var way : ways) {
            for (var family : IpFamily.values()) {
                client.ask(way.outlet(), way.server(), name, family, () -> {}, search::onAnswer);
            }
        }
    }

    private void onAnswer(NameAnswer answer) {
        open--;
        switch (answer) {
            case NameAnswer.Found some -> {
                exists = true;
                found.addAll(some.addresses());
                if (!found.isEmpty()) {
                    over.setWithin(mergeNanos);
                }
            }
            case NameAnswer.None none -> why = why.or(() -> Optional.of(none.why()));
        }
        if (open == 0) {
            tell();
        }
    }

    private void tell() {
        over.close();
        if (!told) {
            told = true;
            then.accept(
                    found.isEmpty()
                            ? new NameAnswer.None(exists ? "has no address" : why.orElse("no answer"))
                            : new NameAnswer.Found(new ArrayList<>(found)));
        }
    }
}
