package dev.reroam.linux.conntrack;

import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.netlink.DumpStream;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.netlink.NetlinkException;
import dev.reroam.linux.netlink.NetlinkProtocol;
import dev.reroam.linux.netlink.NetlinkSocket;
import dev.reroam.linux.netlink.Request;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Reads the kernel's table of flows, and forgets single ones. Confined to one thread, and to the network namespace that this
 * thread was in when it opened it. Needs CAP_NET_ADMIN; without it every call is an EPERM.
 */
public final class Conntrack implements AutoCloseable {

    /** What became of a flow that was to be forgotten. */
    public enum Forgetting {
        /** It was there, and is no more. */
        FORGOTTEN,
        /** There was none like it: it ran out before, or another one has its place. */
        GONE
    }

    // There as soon as nf_conntrack is loaded, and of this thread's network namespace.
    private static final Path TRACKING = Path.of("/proc/sys/net/netfilter/nf_conntrack_count");
    private static final int AF_UNSPEC = 0;

    private final NetlinkSocket socket;
    private final Request request;

    private Conntrack(NetlinkSocket socket, ByteOrder order) {
        this.socket = socket;
        this.request = new Request(256, order);
    }

    /**
     * The kernel's table; empty where it tracks nothing, or where its tracking cannot be asked (no nf_conntrack_netlink, as
     * on a plain OpenWrt). It may come later, when a module is loaded.
     *
     * <p>Asked where it has no nf_conntrack, a kernel would load it (net/netfilter/nfnetlink.c {@code nfnetlink_rcv_msg}):
     * so it is not asked there.
     */
    public static Optional<Conntrack> open() throws LinuxException, MalformedMessageException {
        if (!Files.exists(TRACKING)) {
            return Optional.empty();
        }
        NetlinkSocket socket;
        try {
            socket = NetlinkSocket.open(NetlinkProtocol.NETFILTER);
        } catch (LinuxException e) {
            // net/netlink/af_netlink.c netlink_create: a kernel without nfnetlink.
            if (e.errno().equals(Errno.EPROTONOSUPPORT)) {
                return Optional.empty();
            }
            throw e;
        }
        return above(socket, ByteOrder.nativeOrder());
    }

    /** Above a socket, which is closed where nothing comes of it. */
    static Optional<Conntrack> above(NetlinkSocket socket, ByteOrder order)
            throws NetlinkException, MalformedMessageException {
        boolean answers = false;
        try {
            var table = new Conntrack(socket, order);
            answers = table.answers();
            return answers ? Optional.of(table) : Optional.empty();
        } finally {
            if (!answers) {
                socket.close();
            }
        }
    }

    /**
     * Begins to read flows piece by piece; each that matches goes to {@code consumer} and is not kept. What changes meanwhile
     * may be missing or be told twice. Until the stream has ended this table takes no other call.
     */
    public DumpStream stream(FlowFilter filter, Consumer<Flow> consumer) throws NetlinkException {
        var body = request.begin("read flows", Ctnl.GET, 0);
        FlowCodec.header(body, filter.family().number());
        FlowCodec.writeFilter(body, filter);
        return socket.stream(request, (header, payload) -> {
            if (header.type() == Ctnl.NEW) {
                FlowCodec.decode(payload).filter(filter::matches).ifPresent(consumer);
            }
        });
    }

    /**
     * Forgets this one flow. An entry of the same tuple that was made since has another id, and stays.
     *
     * @throws NetlinkException EBUSY for a flow that is offloaded; EPERM
     */
    public Forgetting forget(Flow flow) throws NetlinkException, MalformedMessageException {
        // A request without a tuple would empty the whole table (ctnetlink_flush_conntrack); a Flow always has one.
        FlowCodec.writeName(request.begin("forget flow " + flow.original(), Ctnl.DELETE, 0), flow);
        try {
            socket.change(request);
            return Forgetting.FORGOTTEN;
        } catch (NetlinkException e) {
            if (e.errno().equals(Errno.ENOENT)) {
                return Forgetting.GONE;
            }
            throw e;
        }
    }

    /** Closes the socket; idempotent. */
    @Override
    public void close() {
        socket.close();
    }

    /** Whether there is somebody to ask: the count of entries is the cheapest question. */
    private boolean answers() throws NetlinkException, MalformedMessageException {
        FlowCodec.header(request.begin("ask for the count of flows", Ctnl.GET_STATS, 0), AF_UNSPEC);
        try {
            // Asked for as a change is, with an acknowledgement: the answer says that more will follow, and none does.
            socket.change(request);
            return true;
        } catch (NetlinkException e) {
            if (isAbsence(e)) {
                return false;
            }
            throw e;
        }
    }

    /**
     * A subsystem that is not there is an EINVAL without words (net/netfilter/nfnetlink.c {@code nfnetlink_rcv_msg}); a
     * protocol without anybody in this namespace an ECONNREFUSED.
     */
    private static boolean isAbsence(NetlinkException e) {
        return e.kernelText().isEmpty()
                && (e.errno().equals(Errno.EINVAL)
                        || e.errno().equals(Errno.ECONNREFUSED)
                        || e.errno().equals(Errno.EPROTONOSUPPORT)
                        || e.errno().equals(Errno.EOPNOTSUPP));
    }
}
