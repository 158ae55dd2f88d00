package dev.reroam.network;

import dev.reroam.linux.route.RouteEvent;
import dev.reroam.linux.route.RouteEventConsumer;
import dev.reroam.linux.route.RouteRehearsal;

/**
 * Takes announcements that nobody made into a picture of no network, so that the first real one finds its classes loaded and
 * its methods compiled. Touches nothing and nobody: safe from any thread.
 */
public final class NetworkRehearsal implements RouteEventConsumer {

    private NetworkState state = NetworkState.EMPTY;
    private long signs;

    private NetworkRehearsal() {}

    /**
     * Plays so many moves of a default route.
     *
     * @return how many signs came of it, so that nothing can be left out as useless
     */
    public static long play(int moves) {
        var rehearsal = new NetworkRehearsal();
        RouteRehearsal.play(rehearsal, moves);
        return rehearsal.signs;
    }

    @Override
    public void onEvent(RouteEvent event) {
        if (!Bearing.NONE.mayMove(event)) {
            return;
        }
        var after = state.after(event, Bearing.NONE::keeps);
        if (after.equals(state)) {
            return;
        }
        var change = NetworkChange.between(state, after);
        state = after;
        signs += change.signs().size()
                + change.disturbed().size()
                + change.linksLost().size()
                + change.addressesLost().size();
    }

    @Override
    public void onBatchEnd() {
        // What follows is the monitor's: asking the kernel, which it rehearses with the real one.
    }
}
