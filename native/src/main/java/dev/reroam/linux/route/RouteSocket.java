package dev.reroam.linux.route;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.netlink.AttributeWriter;
import dev.reroam.linux.netlink.DumpOutcome;
import dev.reroam.linux.netlink.DumpStream;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.netlink.MessageConsumer;
import dev.reroam.linux.netlink.MessageHeader;
import dev.reroam.linux.netlink.NetlinkException;
import dev.reroam.linux.netlink.NetlinkProtocol;
import dev.reroam.linux.netlink.NetlinkSocket;
import dev.reroam.linux.netlink.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks rtnetlink, and has it change rules and routes. Confined to one thread and to the network namespace that it was opened in.
 *
 * <p>A dump during which something changed is repeated, at most {@value #DUMP_ATTEMPTS} times in all; then the last is taken
 * as it is, since {@link RouteWatch} has the rest on its way.
 */
public final class RouteSocket implements AutoCloseable {

    // Ours: a table that changes during three dumps in a row is being changed all the time.
    static final int DUMP_ATTEMPTS = 3;

    // Never in place of what is there: it may be somebody else's.
    private static final int MADE = MessageHeader.CREATE | MessageHeader.EXCLUSIVE;

    // linux/if_link.h IFLA_STATS_FILTER_BIT(IFLA_STATS_LINK_64)
    private static final int STATS_FILTER_LINK_64 = 1;
    // linux/if_link.h
    private static final int IFLA_IFNAME = 3;

    // linux/neighbour.h: as if a packet were sent there.
    private static final int NTF_USE = 0x01;

    private final NetlinkSocket socket;
    private final PathLookup paths;
    private final Request request = new Request(256);
    // Null while nobody wants to know: then an object that cannot be read ends its dump.
    private @Nullable Consumer<MalformedMessageException> unreadable;

    /** Above a socket of {@link NetlinkProtocol#ROUTE}, which it closes. */
    public RouteSocket(NetlinkSocket socket) {
        this.socket = socket;
        this.paths = new PathLookup(socket);
    }

    /** A socket to the kernel. */
    public static RouteSocket open() throws LinuxException {
        return new RouteSocket(NetlinkSocket.open(NetlinkProtocol.ROUTE));
    }

    /**
     * From now on an object in a dump that cannot be read, a newer kernel's perhaps, is told and left out; the others are as
     * good as they were. Damage to the dump's own frame ends it all the same.
     */
    public RouteSocket leavingOut(Consumer<MalformedMessageException> told) {
        unreadable = told;
        return this;
    }

    /** All interfaces. */
    public List<Link> links() throws NetlinkException, MalformedMessageException {
        return all(Link.class, () -> header("dump links", Rtm.GETLINK, LinkCodec.FIXED_LENGTH, 0));
    }

    /** One interface; empty when there is none of this number. */
    public Optional<Link> link(int index) throws NetlinkException, MalformedMessageException {
        request.begin("read link " + index, Rtm.GETLINK, 0)
                .fixed32(0)
                .fixed32(index)
                .fixed32(0)
                .fixed32(0);
        return oneLink();
    }

    /** One interface; empty when there is none of this name. */
    public Optional<Link> link(String name) throws NetlinkException, MalformedMessageException {
        request.begin("read link " + name, Rtm.GETLINK, 0)
                .fixed32(0)
                .fixed32(0)
                .fixed32(0)
                .fixed32(0)
                .string(IFLA_IFNAME, name);
        return oneLink();
    }

    /**
     * Sets the MTU of an interface, in bytes. EINVAL or ERANGE where it takes no such size, ENODEV where there is none of this
     * number. Needs CAP_NET_ADMIN.
     */
    public void setMtu(int index, int mtu) throws NetlinkException, MalformedMessageException {
        request.begin("set MTU of link " + index + " to " + mtu, Rtm.NEWLINK, 0)
                .fixed32(0)
                .fixed32(index)
                .fixed32(0)
                .fixed32(0)
                .u32(LinkCodec.MTU, mtu);
        socket.change(request);
    }

    /** Counters of one interface (RTM_GETSTATS, Linux 4.7); empty when there is none of this number. */
    public Optional<LinkTraffic> traffic(int index) throws NetlinkException, MalformedMessageException {
        request.begin("read link statistics", Rtm.GETSTATS, 0)
                .fixed32(0)
                .fixed32(index)
                .fixed32(STATS_FILTER_LINK_64);
        var found = new ArrayList<LinkTraffic>(1);
        return ask((header, payload) -> LinkCodec.decodeStatistics(payload).ifPresent(found::add))
                ? found.stream().findFirst()
                : Optional.empty();
    }

    /** All addresses, of both families. */
    public List<Address> addresses() throws NetlinkException, MalformedMessageException {
        return all(Address.class, () -> header("dump addresses", Rtm.GETADDR, AddressCodec.FIXED_LENGTH, 0));
    }

    /** All rules of a family, in no order. */
    public List<Rule> rules(IpFamily family) throws NetlinkException, MalformedMessageException {
        return all(
                Rule.class,
                () -> header("dump " + family + " rules", Rtm.GETRULE, RuleCodec.FIXED_LENGTH, family.number()));
    }

    /** All neighbours, of both families. */
    public List<Neighbour> neighbours() throws NetlinkException, MalformedMessageException {
        return all(Neighbour.class, () -> header("dump neighbours", Rtm.GETNEIGH, NeighbourCodec.FIXED_LENGTH, 0));
    }

    /** One host on a link; empty where the kernel knows none. EOPNOTSUPP before Linux 5.0, which tells of all or none. */
    public Optional<Neighbour> neighbour(int link, IpAddress address)
            throws NetlinkException, MalformedMessageException {
        var found = new ArrayList<Neighbour>(1);
        NeighbourCodec.encode(link, address, 0, 0, request.begin("read neighbour " + address, Rtm.GETNEIGH, 0));
        try {
            socket.ask(
                    request, (header, payload) -> NeighbourCodec.decode(payload).ifPresent(found::add));
        } catch (NetlinkException e) {
            if (!e.errno().equals(Errno.ENOENT)) {
                throw e;
            }
        }
        return found.stream().findFirst();
    }

    /**
     * Has the kernel ask a host that it knows whether it is still there. Packets to it go out meanwhile. It becomes reachable
     * when it answers, and after some seconds and three questions failed, as any host that is spoken to. Needs CAP_NET_ADMIN.
     */
    public void probe(Neighbour known) throws NetlinkException, MalformedMessageException {
        // Without NLM_F_REPLACE what it said of itself stays: net/core/neighbour.c neigh_add.
        NeighbourCodec.encode(
                known.link(),
                known.address(),
                Neighbour.NUD_PROBE,
                known.flags(),
                request.begin("probe neighbour " + known.address(), Rtm.NEWNEIGH, 0));
        socket.change(request);
    }

    /** Has the kernel look for a host that it does not know, or that has failed. Needs CAP_NET_ADMIN. */
    public void seek(int link, IpAddress address) throws NetlinkException, MalformedMessageException {
        NeighbourCodec.encode(
                link,
                address,
                0,
                NTF_USE,
                request.begin("look for neighbour " + address, Rtm.NEWNEIGH, MessageHeader.CREATE));
        socket.change(request);
    }

    /** Has the kernel forget a host, and the packets that wait for it. Needs CAP_NET_ADMIN. */
    public void forget(Neighbour known) throws NetlinkException, MalformedMessageException {
        NeighbourCodec.encode(
                known.link(),
                known.address(),
                0,
                0,
                request.begin("forget neighbour " + known.address(), Rtm.DELNEIGH, 0));
        socket.change(request);
    }

    /** All next hop objects; none where the kernel has no such thing (before Linux 5.3). */
    public List<NextHop> nextHops() throws NetlinkException, MalformedMessageException {
        try {
            return all(NextHop.class, () -> header("dump next hops", Rtm.GETNEXTHOP, NextHopCodec.FIXED_LENGTH, 0));
        } catch (NetlinkException e) {
            if (e.errno().equals(Errno.EOPNOTSUPP)) {
                return List.of();
            }
            throw e;
        }
    }

    /** All routes of a family, of all tables. For tables that may be large see {@link #streamRoutes}. */
    public List<Route> routes(IpFamily family) throws NetlinkException, MalformedMessageException {
        return all(Route.class, () -> routesHeader(family)).stream()
                .filter(route -> !route.isCached())
                .toList();
    }

    /** The routes of one table, by whoever; none where there is no such table. */
    public List<Route> routes(IpFamily family, int table) throws NetlinkException, MalformedMessageException {
        try {
            // Kernels before 4.20 have no filter and dump all.
            return all(Route.class, () -> routesHeader(family).u32(RouteCodec.TABLE, table)).stream()
                    .filter(route -> route.table() == table && !route.isCached())
                    .toList();
        } catch (NetlinkException e) {
            // net/ipv4/fib_frontend.c inet_dump_fib, net/ipv6/ip6_fib.c inet6_dump_fib.
            if (e.errno().equals(Errno.ENOENT)) {
                return List.of();
            }
            throw e;
        }
    }

    /** Makes a rule, after those of the same preference; EEXIST where there is one with the same conditions. */
    public void add(Rule rule) throws NetlinkException, MalformedMessageException {
        RuleCodec.encode(rule, request.begin("add " + rule.family() + " rule " + rule.preference(), Rtm.NEWRULE, MADE));
        socket.change(request);
    }

    /**
     * Deletes exactly this rule. The kernel would take the first one that has what the request names, be it another one with
     * more conditions; so the rules are read before.
     *
     * @return false where there is none, or another one would go in its place; then nothing is deleted
     */
    public boolean delete(Rule rule) throws NetlinkException, MalformedMessageException {
        var first = rules(rule.family()).stream().filter(rule::isNamedLike).findFirst();
        if (!first.equals(Optional.of(rule))) {
            return false;
        }
        RuleCodec.encode(rule, request.begin("delete " + rule.family() + " rule " + rule.preference(), Rtm.DELRULE, 0));
        return unlessGone(Errno.ENOENT);
    }

    /** Makes a route; EEXIST where the table has one for the same destination and priority, whoever made it. */
    public void add(Route route) throws NetlinkException, MalformedMessageException {
        RouteCodec.encode(route, request.begin("add route " + named(route), Rtm.NEWROUTE, MADE));
        socket.change(request);
    }

    /**
     * Deletes the route with this destination, table, type, protocol, priority, preferred source and hop.
     *
     * @return false where there is none
     */
    public boolean delete(Route route) throws NetlinkException, MalformedMessageException {
        RouteCodec.encode(route, request.begin("delete route " + named(route), Rtm.DELROUTE, 0));
        return unlessGone(Errno.ESRCH);
    }

    private static String named(Route route) {
        return route.destination() + " of table " + Integer.toUnsignedString(route.table());
    }

    private boolean unlessGone(Errno gone) throws NetlinkException, MalformedMessageException {
        try {
            socket.change(request);
            return true;
        } catch (NetlinkException e) {
            if (e.errno().equals(gone)) {
                return false;
            }
            throw e;
        }
    }

    /**
     * Begins to read all routes of a family piece by piece; each goes to {@code consumer} and is not kept. Until the stream
     * has ended this socket takes no other request, so it is one opened for the purpose.
     */
    public DumpStream streamRoutes(IpFamily family, Consumer<Route> consumer) throws NetlinkException {
        routesHeader(family);
        return socket.stream(request, (header, payload) -> {
            if (header.type() == Rtm.NEWROUTE) {
                orLeftOut(() -> RouteCodec.decode(payload))
                        .filter(route -> !route.isCached())
                        .ifPresent(consumer);
            }
        });
    }

    /** Which way a packet would go if it were sent now. */
    public RouteAnswer path(PathQuestion question) throws NetlinkException, MalformedMessageException {
        RouteAnswer answer = paths.ask(question);
        // net/ipv6/route.c ip6_route_output_flags_noref: a bound socket uses its interface's routes only; a question
        // without a socket does so only where it names no source. So a standby would seem to have no way out.
        return question.destination().family() == IpFamily.V6
                        && question.link().isPresent()
                        && question.source().isPresent()
                        && answer instanceof RouteAnswer.Reachable way
                        && way.link() != question.link().getAsInt()
                ? paths.ask(question.withoutSource())
                : answer;
    }

    /**
     * The route by which a packet would go if it were sent now, as it stands in its table; empty where it would not be sent,
     * and with kernels before 4.13, which do not say.
     */
    public Optional<Route> match(PathQuestion question) throws NetlinkException, MalformedMessageException {
        return paths.match(question);
    }

    /** Closes the socket; idempotent. */
    @Override
    public void close() {
        socket.close();
    }

    private AttributeWriter routesHeader(IpFamily family) {
        return header("dump " + family + " routes", Rtm.GETROUTE, RouteCodec.FIXED_LENGTH, family.number());
    }

    /** A fixed header of which only the family counts: strict kernels refuse a dump with anything else in it. */
    private AttributeWriter header(String operation, int type, int length, int family) {
        return request.begin(operation, type, 0).fixed8(family).fixed(new byte[length - 1]);
    }

    private <T extends RouteObject> List<T> all(Class<T> kind, Runnable write)
            throws NetlinkException, MalformedMessageException {
        var found = new ArrayList<T>();
        DumpOutcome outcome = DumpOutcome.INTERRUPTED;
        for (int i = 0; i < DUMP_ATTEMPTS && outcome == DumpOutcome.INTERRUPTED; i++) {
            found.clear();
            write.run();
            outcome = socket.dump(request, (header, payload) -> {
                if (!Rtm.isRemoval(header.type())) {
                    orLeftOut(() -> Rtm.decode(header.type(), payload))
                            .filter(kind::isInstance)
                            .map(kind::cast)
                            .ifPresent(found::add);
                }
            });
        }
        return found;
    }

    /** An object of a dump. */
    private interface Decoding<T> {
        Optional<T> decode() throws MalformedMessageException;
    }

    private <T> Optional<T> orLeftOut(Decoding<T> object) throws MalformedMessageException {
        try {
            return object.decode();
        } catch (MalformedMessageException e) {
            if (unreadable == null) {
                throw e;
            }
            unreadable.accept(e);
            return Optional.empty();
        }
    }

    private Optional<Link> oneLink() throws NetlinkException, MalformedMessageException {
        var found = new ArrayList<Link>(1);
        ask((header, payload) -> LinkCodec.decode(payload).ifPresent(found::add));
        return found.stream().findFirst();
    }

    /** False when there is no such interface. */
    private boolean ask(MessageConsumer consumer) throws NetlinkException, MalformedMessageException {
        try {
            socket.ask(request, consumer);
            return true;
        } catch (NetlinkException e) {
            if (e.errno().equals(Errno.ENODEV)) {
                return false;
            }
            throw e;
        }
    }
}
