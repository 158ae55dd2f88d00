package dev.reroam.tests.simulation;

import java.util.EnumSet;
import java.util.Set;

/**
 * What the brain must be able to do for a family of faults to be repaired. The generator leaves out the families that need what
 * {@link #TODAY} has not: switching one on is adding it there.
 */
enum Ability {
    /** It leaves an uplink that is dead while the kernel still routes there. */
    STEERING,
    /** It has the kernel forget one flow that is stuck. */
    CONNTRACK,
    /** It leaves the flow of a NAT that holds on to a dead mapping, within the bound and whatever the port is. */
    STUCK_NAT,
    /**
     * It sees that a packet which came late over the way before took the tunnel back there, after it was proved: so that it is
     * not left there when that uplink goes.
     */
    OLD_WAY_SEEN;

    /** What the brain of this version can do. */
    static final Set<Ability> TODAY = Set.copyOf(EnumSet.noneOf(Ability.class));
}
