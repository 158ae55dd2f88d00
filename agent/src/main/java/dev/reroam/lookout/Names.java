package dev.reroam.lookout;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import java.util.List;
import java.util.function.Consumer;

/** Finds the addresses of names. Confined to the agent's loop. */
@FunctionalInterface
interface Names {

    /**
     * Looks one up.
     *
     * @param then is told once, in this call or later; nothing where there is no such name or nobody could say
     */
    void lookup(String host, IpFamily family, Consumer<List<IpAddress>> then);
}
