package dev.reroam;

import dev.reroam.config.Mode;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.netlink.NetlinkException;
import dev.reroam.linux.route.RouteSocket;
import dev.reroam.linux.sockdiag.DiagSocket;
import dev.reroam.loop.Alarm;
import dev.reroam.network.OwnNumbers;
import dev.reroam.nft.Nft;
import dev.reroam.recovery.Action;
import dev.reroam.tcp.Findings;
import dev.reroam.tcp.GoneUplink;
import dev.reroam.tcp.Holders;
import dev.reroam.tcp.LostAddresses;
import dev.reroam.tcp.Programs;
import dev.reroam.tcp.Resets;
import dev.reroam.tcp.SilentServer;
import dev.reroam.tcp.StaleConnection;
import dev.reroam.tcp.TcpRepair;
import dev.reroam.tcp.TcpSearch;
import dev.reroam.tcp.Trouble;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.tinylog.Logger;

/**
 * Ends the connections of named programs that hang on an uplink that is gone, so that they dial again. Looks several times,
 * since a connection shows only after a while that nobody answers. Confined to the agent's loop.
 */
final class Redials implements AutoCloseable {

    /** Ours: a retransmission timer has doubled twice by then. */
    static final List<Long> AGAIN_AFTER = List.of(TimeUnit.SECONDS.toNanos(3), TimeUnit.SECONDS.toNanos(10));

    private final Mode mode;
    private final List<Long> againAfter;
    private final Clock clock;
    private final DiagSocket reading;
    private final DiagSocket ending;
    private final RouteSocket routes;
    private final TcpSearch search;
    private final TcpRepair repair;
    private final Alarm next;
    private final List<Look> looks = new ArrayList<>();

    /** One look that is to come. */
    private record Look(long at, Action.EndConnections asked) {}

    private Redials(
            Mode mode,
            List<Long> againAfter,
            EventLoop loop,
            Clock clock,
            Executor slowLane,
            Programs programs,
            Supplier<Set<IpAddress>> ours,
            DiagSocket reading,
            DiagSocket ending,
            RouteSocket routes) {
        this.mode = mode;
        this.againAfter = againAfter;
        this.clock = clock;
        this.reading = reading;
        this.ending = ending;
        this.routes = routes;
        search = new TcpSearch(loop, slowLane, reading, routes::path, ours, Holders.ofThisMachine(), programs);
        var lost = new LostAddresses(routes, OwnNumbers.PROTOCOL);
        repair = new TcpRepair(ending, new Resets(loop, clock, slowLane, new Nft(List.of("nft")), ending, lost, ours));
        next = new Alarm(loop, clock, this::look);
    }

    /**
     * Opens its sockets in the calling thread's network namespace; changes nothing yet.
     *
     * @param againAfter when it looks, after an uplink was found gone, nanoseconds
     * @param ours all addresses of this machine now
     */
    static Redials open(
            Mode mode,
            List<Long> againAfter,
            EventLoop loop,
            Clock clock,
            Executor slowLane,
            Programs programs,
            Supplier<Set<IpAddress>> ours)
            throws LinuxException {
        return new Redials(
                mode,
                againAfter,
                loop,
                clock,
                slowLane,
                programs,
                ours,
                DiagSocket.open(),
                DiagSocket.open(),
                RouteSocket.open());
    }

    /** Takes away what a crashed agent has left. */
    void sweep() {
        try {
            repair.sweep();
        } catch (NetlinkException | MalformedMessageException e) {
            Logger.warn("what an earlier run rejected cannot be taken back: {}", e.getMessage());
        }
    }

    /** The machine has other addresses. */
    void addressesChanged() {
        repair.addressesChanged();
    }

    /** An uplink is gone. */
    void perform(Action.EndConnections asked) {
        long now = clock.monotonicNanos();
        looks.removeIf(look -> look.asked.uplink().equals(asked.uplink()));
        againAfter.forEach(after -> looks.add(new Look(now + after, asked)));
        // What used an address that is gone is dead. The rest may only have become slow, and is given the time to be
        // heard.
        find(new GoneUplink(asked.uplink(), OptionalLong.empty()));
        arm();
    }

    /** A server is silent. */
    void perform(SilentServer server) {
        find(server);
    }

    /** What hangs on that; nothing is ended. */
    void search(Trouble trouble, Consumer<Findings> then) {
        var unused = search.find(trouble).thenAccept(then);
    }

    /** It is back: what was not ended by now has a way again. */
    void isBack(Action.SpareConnections asked) {
        looks.removeIf(look -> look.asked.uplink().equals(asked.uplink()));
        arm();
    }

    private void look() {
        long now = clock.monotonicNanos();
        var due = looks.stream().filter(look -> look.at <= now).toList();
        looks.removeAll(due);
        due.forEach(look -> {
            long silent = Math.max(0, TimeUnit.NANOSECONDS.toMillis(now - look.asked.silentFrom()));
            find(new GoneUplink(look.asked.uplink(), OptionalLong.of(silent)));
        });
        arm();
    }

    private void find(Trouble trouble) {
        search(trouble, this::end);
    }

    private void end(Findings findings) {
        switch (findings) {
            case Findings.Found found -> found.stale().forEach(this::end);
            case Findings.Unable unable -> Logger.info("no connections are ended: {}", unable.why());
        }
    }

    private void end(StaleConnection stale) {
        if (mode == Mode.OBSERVE) {
            Logger.info("would end {}", stale);
            return;
        }
        var unused = repair.end(stale).thenAccept(of -> Logger.info("{}: {}", of.stale(), of.ending()));
    }

    private void arm() {
        looks.stream().mapToLong(look -> look.at).min().ifPresentOrElse(next::setAt, next::cancel);
    }

    @Override
    public void close() {
        next.close();
        repair.close();
        reading.close();
        ending.close();
        routes.close();
    }
}
