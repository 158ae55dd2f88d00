package dev.reroam.steer;

import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.netlink.NetlinkException;

/** Reads and changes the kernel's rules and routes. Confined to the agent loop; every call is synchronous and short. */
interface SteerKernel {

    /** What is there now. */
    Present read() throws NetlinkException, MalformedMessageException;

    /** Makes one that is not there. */
    void make(Owned one) throws NetlinkException, MalformedMessageException;

    /** Removes exactly this one; false where it is not there any more. */
    boolean remove(Owned one) throws NetlinkException, MalformedMessageException;
}
