package dev.reroam.tcp;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.netlink.NetlinkException;
import dev.reroam.linux.sockdiag.DiagSocket;
import dev.reroam.linux.sockdiag.TcpConnection;
import dev.reroam.loop.Alarm;
import dev.reroam.nft.Nft;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.tinylog.Logger;

/**
 * Connections whose next packet is answered with a reset, where the kernel cannot destroy them: one nft rule each, for
 * exactly its four ends, until the connection is gone or {@link #LIFETIME} is over. Confined to the agent's loop.
 *
 * <p>Whether the rule's counter has hit is seen by the connection itself, four times a second: that it is gone says more, and
 * starts no process. A connection that sends nothing in that time is not helped.
 */
public final class Resets implements AutoCloseable {

    /** How long a rule stays, in nanoseconds: retransmissions are up to 120 s apart (net/tcp.h TCP_RTO_MAX). */
    public static final long LIFETIME = TimeUnit.SECONDS.toNanos(130);

    // Ours.
    private static final long LOOK_EVERY = TimeUnit.MILLISECONDS.toNanos(250);

    private final EventLoop loop;
    private final Clock clock;
    private final Executor slowLane;
    private final Nft nft;
    private final DiagSocket sockets;
    private final LostAddresses lost;
    private final Supplier<Set<IpAddress>> ours;
    private final Alarm look;
    // By cookie.
    private final Map<Long, Pending> pending = new LinkedHashMap<>();
    private boolean closed;

    private record Pending(StaleConnection stale, long until) {
        TcpConnection connection() {
            return stale.connection();
        }

        boolean isLost() {
            return stale.reason() == Reason.ADDRESS_GONE;
        }
    }

    /**
     * @param slowLane runs one task after another off the loop
     * @param sockets takes requests at any time; closed by its owner
     * @param ours all addresses of this machine now
     */
    public Resets(
            EventLoop loop,
            Clock clock,
            Executor slowLane,
            Nft nft,
            DiagSocket sockets,
            LostAddresses lost,
            Supplier<Set<IpAddress>> ours) {
        this.loop = loop;
        this.clock = clock;
        this.slowLane = slowLane;
        this.nft = nft;
        this.sockets = sockets;
        this.lost = lost;
        this.ours = ours;
        this.look = new Alarm(loop, clock, this::onLook);
    }

    /**
     * Takes away what a crashed agent has left: routes now, rules on the slow lane. To be called once, before anything is
     * added.
     */
    public void sweep() throws NetlinkException, MalformedMessageException {
        lost.sweep();
        slowly(
                () -> {
                    if (nft.hasChain(ResetRules.NAME)) {
                        nft.removeChain(ResetRules.NAME);
                    }
                },
                // A machine without nft has no rules left, either.
                why -> Logger.debug("no reset rules were looked for: {}", why));
    }

    /** Has a connection's next packet answered with a reset; completed on the loop when the rule stands. */
    CompletionStage<Ending> add(StaleConnection stale) {
        var added = new Pending(stale, clock.monotonicNanos() + LIFETIME);
        if (pending.putIfAbsent(stale.connection().cookie(), added) != null) {
            return CompletableFuture.completedStage(new Ending.Rejecting());
        }
        var result = new CompletableFuture<Ending>();
        try {
            if (added.isLost()) {
                lost.hold(stale.connection().local().address());
            }
        } catch (NetlinkException | MalformedMessageException e) {
            pending.remove(stale.connection().cookie());
            result.complete(new Ending.Impossible(String.valueOf(e.getMessage())));
            return result;
        }
        apply(() -> result.complete(new Ending.Rejecting()), why -> {
            forget(added);
            result.complete(new Ending.Impossible("this kernel destroys no connection, and " + why));
        });
        look.setWithin(LOOK_EVERY);
        return result;
    }

    /** To be called when an address has come, so that nothing stands in the way of one that is back. */
    void addressesChanged() {
        if (!pending.isEmpty()) {
            onLook();
        }
    }

    private void onLook() {
        Set<IpAddress> addresses = ours.get();
        var over = new ArrayList<Pending>();
        for (Pending one : pending.values()) {
            if (isGone(one)) {
                Logger.info("{} was reset", one.stale());
                over.add(one);
            } else if (one.isLost()
                    && addresses.contains(one.connection().local().address())) {
                Logger.info("{} has its address back", one.stale());
                over.add(one);
            } else if (clock.monotonicNanos() - one.until() >= 0) {
                Logger.info("{} sent nothing that could be answered with a reset", one.stale());
                over.add(one);
            }
        }
        over.forEach(this::forget);
        if (!over.isEmpty()) {
            apply(() -> {}, why -> Logger.warn("reset rules stay until the next change: {}", why));
        }
        if (!pending.isEmpty()) {
            look.setWithin(LOOK_EVERY);
        }
    }

    private boolean isGone(Pending one) {
        try {
            return sockets.again(one.connection()).isEmpty();
        } catch (NetlinkException | MalformedMessageException e) {
            // Why it is safe: its time runs out all the same.
            Logger.debug("{} cannot be read: {}", one.stale(), e.getMessage());
            return false;
        }
    }

    private void forget(Pending one) {
        if (pending.remove(one.connection().cookie()) != null && one.isLost()) {
            lost.release(one.connection().local().address());
        }
    }

    /** Makes the rules what is pending now; with nothing pending, nothing of ours is left. */
    private void apply(Runnable done, Consumer<String> failed) {
        List<StaleConnection> connections =
                pending.values().stream().map(Pending::stale).toList();
        slowly(
                () -> {
                    if (connections.isEmpty()) {
                        nft.removeChain(ResetRules.NAME);
                    } else {
                        nft.apply(ResetRules.reset(connections));
                    }
                    loop.execute(done);
                },
                failed);
    }

    /** What may fail on the slow lane. */
    @FunctionalInterface
    private interface Task {
        void run() throws IOException;
    }

    private void slowly(Task task, Consumer<String> failed) {
        try {
            slowLane.execute(() -> {
                try {
                    task.run();
                } catch (IOException e) {
                    loop.execute(() -> failed.accept(String.valueOf(e.getMessage())));
                }
            });
        } catch (RejectedExecutionException e) {
            failed.accept(String.valueOf(e.getMessage()));
        }
    }

    /** Takes everything back; the slow lane must still be open and is to be closed after. Idempotent. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        look.cancel();
        boolean any = !pending.isEmpty();
        List.copyOf(pending.values()).forEach(this::forget);
        if (any) {
            apply(() -> {}, why -> Logger.warn("reset rules stay: {}", why));
        }
    }
}
