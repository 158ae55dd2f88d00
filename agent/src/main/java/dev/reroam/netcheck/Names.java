package dev.reroam.netcheck;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.uplink.Uplink;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Resolves names over one uplink. */
@FunctionalInterface
public interface Names {

    /**
     * Asks for the addresses of the uplink's family.
     *
     * @param then is told once at most, on the loop, in this call or later; what comes too late does not count
     * @return what is known by the time it is called, for who cannot wait; empty while nobody has said a thing
     */
    Supplier<Optional<Resolved>> lookup(Uplink uplink, String host, Consumer<Resolved> then);

    /** What came of it. */
    sealed interface Resolved {

        /**
         * The name is there.
         *
         * @param addresses those of the uplink's family; may be none
         */
        record Found(List<IpAddress> addresses) implements Resolved {
            public Found {
                addresses = List.copyOf(addresses);
            }
        }

        /** There is no such name, or nobody could say. */
        record None(String why) implements Resolved {}
    }
}
