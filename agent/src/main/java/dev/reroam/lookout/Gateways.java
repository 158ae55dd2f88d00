package dev.reroam.lookout;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.route.Neighbour;
import dev.reroam.linux.route.RouteSocket;
import dev.reroam.loop.Alarm;
import dev.reroam.uplink.Uplink;
import io.netty.channel.EventLoop;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.tinylog.Logger;

/**
 * Does the gateway of an uplink still answer on its own link? The kernel asks (ARP, neighbour discovery), as it does whenever
 * it is in doubt, so a gateway that drops pings answers all the same. Confined to the agent's loop.
 */
public final class Gateways implements AutoCloseable {

    /**
     * When is looked whether it has answered: most do within a millisecond. The kernel asks a second time after one second
     * ({@code retrans_time_ms}), so silence at the last look is two questions long.
     */
    private static final long[] LOOKS = {2, 10, 50, 150, 400, 1_100, 1_400};

    /** Ours: uplinks are a handful. */
    private static final int MOST_COUNTED = 64;

    /** Who knows and asks neighbours; {@link RouteSocket}. */
    public interface Neighbours extends AutoCloseable {
        /** Empty where the kernel knows none. */
        Optional<Neighbour> read(int link, IpAddress address) throws LinuxException, MalformedMessageException;

        /** Has the kernel ask one that it knows. */
        void probe(Neighbour known) throws LinuxException, MalformedMessageException;

        /** Has the kernel look for one that it does not know. */
        void seek(int link, IpAddress address) throws LinuxException, MalformedMessageException;

        /** Has the kernel forget one. */
        void forget(Neighbour known) throws LinuxException, MalformedMessageException;

        @Override
        void close();

        /** Those of the kernel, over a socket that is closed with them. */
        static Neighbours kernel(RouteSocket socket) {
            return new Neighbours() {
                @Override
                public Optional<Neighbour> read(int link, IpAddress address)
                        throws LinuxException, MalformedMessageException {
                    return socket.neighbour(link, address);
                }

                @Override
                public void probe(Neighbour known) throws LinuxException, MalformedMessageException {
                    socket.probe(known);
                }

                @Override
                public void seek(int link, IpAddress address) throws LinuxException, MalformedMessageException {
                    socket.seek(link, address);
                }

                @Override
                public void forget(Neighbour known) throws LinuxException, MalformedMessageException {
                    socket.forget(known);
                }

                @Override
                public void close() {
                    socket.close();
                }
            };
        }
    }

    /** Is told what came of a question. */
    public interface Listener {
        /** @param answers it did; else it was asked twice and said nothing, or the kernel had given it up */
        void onGateway(Uplink uplink, boolean answers);
    }

    /** @param looks that were taken */
    private record Question(long at, int looks) {
        long next() {
            return at + TimeUnit.MILLISECONDS.toNanos(LOOKS[looks]);
        }

        boolean isLast() {
            return looks == LOOKS.length - 1;
        }
    }

    private final Neighbours neighbours;
    private final Clock clock;
    private final Listener listener;
    private final Alarm looking;
    private final Map<Uplink, Question> open = new LinkedHashMap<>();
    private final Map<Uplink, Long> asked = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Uplink, Long> eldest) {
            return size() > MOST_COUNTED;
        }
    };
    private boolean refused;

    /** @param asks false where nothing of the kernel's may be changed: then nothing is told either */
    public Gateways(EventLoop loop, Clock clock, boolean asks, Neighbours neighbours, Listener listener) {
        this.neighbours = neighbours;
        this.clock = clock;
        this.listener = listener;
        refused = !asks;
        looking = new Alarm(loop, clock, this::look);
    }

    /** Asks the gateway of an uplink, unless that is under way. Nothing is told of links that have no neighbours (PPP). */
    public void ask(Uplink uplink) {
        if (refused || uplink.gateway().isEmpty() || open.containsKey(uplink)) {
            return;
        }
        int link = uplink.interfaceIndex();
        var address = uplink.gateway().get();
        try {
            var known = neighbours.read(link, address);
            if (known.filter(Neighbour::needsNoAnswer).isPresent()) {
                return;
            }
            if (known.filter(Neighbour::isKnown).isPresent()) {
                neighbours.probe(known.get());
            } else {
                neighbours.seek(link, address);
            }
            asked.merge(uplink, 1L, Long::sum);
            open.put(uplink, new Question(clock.monotonicNanos(), 0));
            wake();
        } catch (LinuxException | MalformedMessageException e) {
            unknown(uplink, e);
        }
    }

    /**
     * Has the kernel begin anew where it is looking for the gateway. It asks in the name of the packet that waits
     * (net/ipv4/arp.c arp_solicit), and a gateway that is strict does not answer what bears another uplink's address; only a
     * second later would it ask in the name of a later one.
     */
    public void seekAnew(Uplink uplink) {
        if (refused || uplink.gateway().isEmpty()) {
            return;
        }
        int link = uplink.interfaceIndex();
        var address = uplink.gateway().get();
        try {
            var sought = neighbours.read(link, address).filter(Neighbour::isSought);
            if (sought.isPresent()) {
                neighbours.forget(sought.get());
                neighbours.seek(link, address);
                asked.merge(uplink, 1L, Long::sum);
            }
        } catch (LinuxException | MalformedMessageException e) {
            unknown(uplink, e);
        }
    }

    /** How often the gateway of an uplink was asked. */
    public long asked(Uplink uplink) {
        return asked.getOrDefault(uplink, 0L);
    }

    private void look() {
        try {
            lookAll(clock.monotonicNanos());
        } finally {
            wake();
        }
    }

    private void lookAll(long now) {
        for (var uplink : List.copyOf(open.keySet())) {
            var question = open.get(uplink);
            if (question == null || question.next() > now) {
                continue;
            }
            try {
                var known = neighbours.read(
                        uplink.interfaceIndex(), uplink.gateway().orElseThrow());
                boolean answers = known.filter(Neighbour::hasAnswered).isPresent();
                boolean failed = known.filter(Neighbour::isFailed).isPresent();
                if (!answers && !failed && !question.isLast()) {
                    open.put(uplink, new Question(question.at(), question.looks() + 1));
                    continue;
                }
                open.remove(uplink);
                // A link without neighbours has none to be silent, and one that moved meanwhile has just spoken.
                if (answers || known.filter(Neighbour::isSilent).isPresent()) {
                    listener.onGateway(uplink, answers);
                }
            } catch (LinuxException | MalformedMessageException e) {
                unknown(uplink, e);
            }
        }
    }

    private void wake() {
        open.values().stream().mapToLong(Question::next).min().ifPresent(looking::setAt);
    }

    /** Without CAP_NET_ADMIN, before Linux 5.0, or on a link that is gone: what servers say must do. */
    private void unknown(Uplink uplink, Exception why) {
        open.remove(uplink);
        refused |= why instanceof LinuxException e
                && (e.errno().equals(Errno.EPERM) || e.errno().equals(Errno.EOPNOTSUPP));
        Logger.debug("whether the gateway of {} answers is not known: {}", uplink, why.getMessage());
    }

    @Override
    public void close() {
        looking.close();
        neighbours.close();
    }
}
