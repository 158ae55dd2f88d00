package dev.reroam.config;

import dev.reroam.stun.StunServer;
import java.util.List;

/**
 * Who is asked how the world sees us. Immutable.
 *
 * @param servers in the order in which they are preferred; none: nobody is asked anything
 * @param intervalSeconds pause between two questions over one uplink; 0: no such questions
 */
public record StunConfig(List<StunServer> servers, int intervalSeconds) {

    /** Ours: more would not make anything surer, and each is one more who learns of us. */
    static final int MOST_SERVERS = 16;
    /** The sentinel's budget of 12 packets a minute. */
    static final int SHORTEST_SECONDS = 5;

    static final int LONGEST_SECONDS = 3600;

    /** Where nothing is configured. */
    public static final StunConfig DEFAULT = new StunConfig(StunServer.DEFAULTS, 15);

    public StunConfig {
        servers = List.copyOf(servers);
        if (!isInterval(intervalSeconds)) {
            throw new IllegalArgumentException("interval of " + intervalSeconds + " s");
        }
    }

    static boolean isInterval(long seconds) {
        return seconds == 0 || (seconds >= SHORTEST_SECONDS && seconds <= LONGEST_SECONDS);
    }
}
