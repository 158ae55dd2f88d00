package dev.reroam.tests.lab;

import dev.reroam.tests.lab.QuietRouter.Report;
import java.util.Locale;

/** The runs of {@link QuietRouter}, at the size in which they are promised. */
public enum QuietRun {
    /** Twenty route swaps under a tunnel without a keepalive, whose far side answers no ping. */
    KEEPALIVE_0,
    /** The same with a keepalive of 25 s. */
    KEEPALIVE_25,
    /** The same with nothing in the allowed IPs that could be asked. */
    ONLY_SUBNETS,
    /** A tunnel that carries, while other things change. */
    OTHER_THINGS,
    /** A server of ten peers: one that answers, one behind a filter, seven away, and the one of every network. */
    HUB;

    private static final int SWAPS = 20;
    private static final int ROUNDS = 20;
    private static final int AWAY = 7;
    private static final int KEEPALIVE_SECONDS = 25;

    /** Makes it on a network; blocks for half a minute and more. */
    public Report on(Plan plan, Remedy remedy) {
        return switch (this) {
            case KEEPALIVE_0 -> QuietRouter.swapRoutes(plan.withKeepalive(0), remedy, SWAPS);
            case KEEPALIVE_25 -> QuietRouter.swapRoutes(plan.withKeepalive(KEEPALIVE_SECONDS), remedy, SWAPS);
            case ONLY_SUBNETS -> QuietRouter.swapRoutesOfSubnets(plan, remedy, SWAPS);
            case OTHER_THINGS -> QuietRouter.changeOtherThings(plan, remedy, ROUNDS);
            case HUB -> QuietRouter.moveHub(plan, remedy, AWAY);
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
