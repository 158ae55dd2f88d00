package dev.reroam.portmap;

import dev.reroam.portmap.gateway.Wanted;
import java.util.Set;

/** Maps ports at one gateway. Confined to the agent loop. */
interface GatewayMapper extends AutoCloseable {

    /** These ports shall be mapped, and no others of ours. */
    void want(Set<Wanted> ports);

    /** One question in each protocol: by the answer a later announcement shows whether anything was lost. */
    void greet();

    /** Something changed: everything is asked for again, at once or as soon as the damping allows. */
    void checkAll(String why);

    /** An agent before this one may have left a permanent mapping: it is taken back, or taken over where it is wanted. */
    void takeBack(Wanted wanted, int externalPort);

    /** The answer to {@link News.PermanentAhead}, once it is written down. */
    void permanentNoted(Wanted wanted);

    /** Takes everything back; {@link News.Ended} comes within 4.5 s, and 2 s where the gateway is silent. */
    void stop();

    /** The state as it is, for those who show it. */
    UplinkMapper state();

    /** Closes everything without taking anything back; idempotent. */
    @Override
    void close();
}
