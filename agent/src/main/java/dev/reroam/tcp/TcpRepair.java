package dev.reroam.tcp;

import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.netlink.NetlinkException;
import dev.reroam.linux.sockdiag.DiagSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Ends stale connections, each by itself: the kernel destroys it, or where this one cannot, its next packet is answered with
 * a reset. Confined to the agent's loop.
 */
public final class TcpRepair implements AutoCloseable {

    private final DiagSocket sockets;
    private final Resets resets;

    /**
     * @param sockets takes requests at any time: not that of a {@link TcpSearch}; closed by its owner
     * @param resets closed with this
     */
    public TcpRepair(DiagSocket sockets, Resets resets) {
        this.sockets = sockets;
        this.resets = resets;
    }

    /** Ends one; completed on the loop, at once where the kernel can destroy, and never exceptionally. */
    public CompletionStage<Ending.Of> end(StaleConnection stale) {
        return attempt(stale).thenApply(ending -> new Ending.Of(stale, ending));
    }

    private CompletionStage<Ending> attempt(StaleConnection stale) {
        try {
            return switch (sockets.destroy(stale.connection())) {
                case DONE -> CompletableFuture.completedStage(new Ending.Destroyed());
                case GONE -> CompletableFuture.completedStage(new Ending.GoneAlready());
                case UNSUPPORTED -> resets.add(stale);
            };
        } catch (NetlinkException e) {
            return CompletableFuture.completedStage(
                    new Ending.Refused(e.operation(), e.errno().symbol()));
        } catch (MalformedMessageException e) {
            return CompletableFuture.completedStage(new Ending.Impossible(String.valueOf(e.getMessage())));
        }
    }

    /** Takes away what a crashed agent has left; to be called once, before anything is ended. */
    public void sweep() throws NetlinkException, MalformedMessageException {
        resets.sweep();
    }

    /** To be called when the machine has another address: a connection whose address is back is left alone. */
    public void addressesChanged() {
        resets.addressesChanged();
    }

    /** Takes back what is left of the resets; idempotent. */
    @Override
    public void close() {
        resets.close();
    }
}
