package dev.reroam.linux.netlink;

import java.util.Optional;

/**
 * A dump that is read a few datagrams at a time, so that a table of any size never holds up the loop. Confined to the
 * thread of its socket.
 *
 * <p>The kernel makes each piece when the one before is read, so there is no need to wait for readiness: the owner calls
 * {@link #advance} once a turn until it has an outcome.
 */
public final class DumpStream implements AutoCloseable {

    private final NetlinkSocket socket;
    private final Exchange exchange;

    DumpStream(NetlinkSocket socket, Exchange exchange) {
        this.socket = socket;
        this.exchange = exchange;
    }

    /**
     * Reads at most so many datagrams; each holds up to 32 KiB, some 300 routes.
     *
     * @return how the dump ended; empty when there is more
     */
    public Optional<DumpOutcome> advance(int datagrams) throws NetlinkException, MalformedMessageException {
        exchange.advance(datagrams);
        if (!exchange.done()) {
            return Optional.empty();
        }
        close();
        return Optional.of(exchange.outcome());
    }

    /** Gives the rest up; its socket takes requests again. Idempotent. */
    @Override
    public void close() {
        socket.streamEnded();
    }
}
