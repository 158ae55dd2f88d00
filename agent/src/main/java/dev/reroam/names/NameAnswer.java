package dev.reroam.names;

import dev.reroam.linux.ip.IpAddress;
import java.util.List;

/** What came of a question for a name's addresses. Immutable. */
public sealed interface NameAnswer {

    /**
     * The server knows.
     *
     * @param addresses of the family that was asked for; none where the name has none
     */
    record Found(List<IpAddress> addresses) implements NameAnswer {
        public Found {
            addresses = List.copyOf(addresses);
        }
    }

    /** The server says that there is no such name, or cannot say; or nobody answered. */
    record None(String why) implements NameAnswer {}
}
