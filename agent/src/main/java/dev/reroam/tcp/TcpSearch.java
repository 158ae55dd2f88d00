package dev.reroam.tcp;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.netlink.DumpStream;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.netlink.NetlinkException;
import dev.reroam.linux.route.PathQuestion;
import dev.reroam.linux.route.RouteAnswer;
import dev.reroam.linux.sockdiag.DiagSocket;
import dev.reroam.linux.sockdiag.TcpConnection;
import dev.reroam.linux.sockdiag.TcpState;
import dev.reroam.uplink.Uplink;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * Finds the connections of the named programs that can go nowhere. Confined to the agent's loop; searches run one after
 * another.
 *
 * <p>First the slow lane reads what the programs hold, then the kernel's connections are read a hundred a turn. What is
 * known only by its mark or control group is looked up once more: a process that another program runs, such as a shell of
 * Tailscale's, has the same.
 */
public final class TcpSearch {

    /** Ours: far above what the programs have; a runaway one must not keep the loop. */
    static final int MOST_STALE = 256;

    private static final int MOST_WAITING = 16;
    private static final int IPPROTO_TCP = 6;
    private static final Set<TcpState> WITH_A_PROGRAM = EnumSet.of(
            TcpState.ESTABLISHED,
            TcpState.SYN_SENT,
            TcpState.SYN_RECEIVED,
            TcpState.FIN_WAIT_1,
            TcpState.FIN_WAIT_2,
            TcpState.CLOSE_WAIT);

    private final EventLoop loop;
    private final Executor slowLane;
    private final DiagSocket sockets;
    private final Ways ways;
    private final Supplier<Set<IpAddress>> ours;
    private final Holders holders;
    private final Programs programs;
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private boolean busy;

    /** Asks the kernel which way a packet would go. */
    @FunctionalInterface
    public interface Ways {
        /** The answer, now. */
        RouteAnswer ask(PathQuestion question) throws NetlinkException, MalformedMessageException;
    }

    /**
     * @param slowLane runs one task after another off the loop
     * @param sockets this search's own: while a search is under way it takes no other request
     * @param ours all addresses of this machine now
     */
    public TcpSearch(
            EventLoop loop,
            Executor slowLane,
            DiagSocket sockets,
            Ways ways,
            Supplier<Set<IpAddress>> ours,
            Holders holders,
            Programs programs) {
        this.loop = loop;
        this.slowLane = slowLane;
        this.sockets = sockets;
        this.ways = ways;
        this.ours = ours;
        this.holders = holders;
        this.programs = programs;
    }

    /** The connections that hang on this; completed on the loop, and never exceptionally. */
    public CompletionStage<Findings> find(Trouble trouble) {
        var result = new CompletableFuture<Findings>();
        if (programs.names().isEmpty()) {
            result.complete(new Findings.Found(List.of(), 0));
        } else if (waiting.size() >= MOST_WAITING) {
            result.complete(new Findings.Unable("too many searches wait"));
        } else {
            waiting.add(() -> new Run(trouble, result).begin());
            next();
        }
        return result;
    }

    private void next() {
        if (!busy && !waiting.isEmpty()) {
            busy = true;
            waiting.remove().run();
        }
    }

    /** The way of a fresh packet of this connection. */
    private RouteAnswer way(TcpConnection connection) throws NetlinkException, MalformedMessageException {
        return ways.ask(new PathQuestion(
                connection.remote().address(),
                connection.mark().orElse(0),
                IPPROTO_TCP,
                connection.local().port(),
                connection.remote().port(),
                (int) connection.uid(),
                connection.link(),
                Optional.of(connection.local().address())));
    }

    /** One search. */
    private final class Run {
        private final Trouble trouble;
        private final CompletableFuture<Findings> result;
        private final List<StaleConnection> certain = new ArrayList<>();
        private final List<StaleConnection> likely = new ArrayList<>();
        private final Set<IpAddress> addresses = ours.get();
        private int beyond;

        Run(Trouble trouble, CompletableFuture<Findings> result) {
            this.trouble = trouble;
            this.result = result;
        }

        void begin() {
            slowly(() -> {
                Holdings holdings = holders.read(programs);
                return () -> dump(holdings);
            });
        }

        /** An IPv4 connection may be an IPv6 socket's, so both are read. */
        private void dump(Holdings holdings) {
            dump(holdings, new ArrayDeque<>(List.of(IpFamily.V4, IpFamily.V6)));
        }

        private void dump(Holdings holdings, Deque<IpFamily> families) {
            var family = families.poll();
            if (family == null) {
                settle();
                return;
            }
            var read = new ArrayList<TcpConnection>();
            try {
                advance(sockets.stream(family, WITH_A_PROGRAM, read::add), read, holdings, families);
            } catch (NetlinkException e) {
                end(new Findings.Unable(String.valueOf(e.getMessage())));
            }
        }

        private void advance(DumpStream stream, List<TcpConnection> read, Holdings holdings, Deque<IpFamily> families) {
            try {
                var outcome = stream.advance(1);
                for (TcpConnection connection : read) {
                    look(connection, holdings);
                }
                read.clear();
                if (outcome.isPresent()) {
                    dump(holdings, families);
                } else {
                    loop.execute(() -> advance(stream, read, holdings, families));
                }
            } catch (NetlinkException | MalformedMessageException e) {
                stream.close();
                end(new Findings.Unable(String.valueOf(e.getMessage())));
            }
        }

        private void look(TcpConnection connection, Holdings holdings)
                throws NetlinkException, MalformedMessageException {
            var holder = holdings.holder(connection);
            var program = holder.or(() -> holdings.likely(connection));
            if (program.isEmpty()) {
                return;
            }
            var reason = Judgement.of(connection, trouble, addresses, way(connection));
            if (reason.isEmpty()) {
                return;
            }
            if (certain.size() + likely.size() >= MOST_STALE) {
                beyond++;
                return;
            }
            (holder.isPresent() ? certain : likely)
                    .add(new StaleConnection(connection, program.get(), reason.get(), uplink()));
        }

        private Optional<Uplink> uplink() {
            return switch (trouble) {
                case GoneUplink gone -> Optional.of(gone.uplink());
                case SilentServer server -> Optional.empty();
            };
        }

        private void settle() {
            if (likely.isEmpty()) {
                end(new Findings.Found(certain, beyond));
                return;
            }
            var inodes = new HashSet<Long>();
            likely.forEach(stale -> inodes.add(stale.connection().inode()));
            slowly(() -> {
                Set<Long> others = holders.heldByOthers(inodes, programs);
                return () -> {
                    likely.removeIf(stale -> others.contains(stale.connection().inode()));
                    certain.addAll(likely);
                    end(new Findings.Found(certain, beyond));
                };
            });
        }

        private void slowly(Supplier<Runnable> task) {
            try {
                slowLane.execute(() -> {
                    Runnable then = task.get();
                    loop.execute(then);
                });
            } catch (RejectedExecutionException e) {
                end(new Findings.Unable(String.valueOf(e.getMessage())));
            }
        }

        private void end(Findings findings) {
            busy = false;
            result.complete(findings);
            next();
        }
    }
}
