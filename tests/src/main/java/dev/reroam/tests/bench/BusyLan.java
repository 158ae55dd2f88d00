package dev.reroam.tests.bench;

import dev.reroam.tests.lab.Topology;
import java.time.Duration;

/** A LAN whose hosts come and go: a neighbour of the router changes at each step. Used by one thread. */
final class BusyLan {

    /** 200 events a minute. */
    static final Duration STEP = Duration.ofMillis(300);

    // Of the lab's LAN, without the router's own and the host's.
    private static final int FIRST_HOST = 20;
    private static final int HOSTS = 100;

    private int step;

    /** One host of each LAN gets another hardware address. For good: else the kernel forgets old ones and announces that. */
    void next(Iterable<Topology> networks) {
        var line = "neigh replace " + "192.168.77." + (FIRST_HOST + step % HOSTS) + " lladdr 02:00:00:00:00:"
                + (step / HOSTS % 2 == 0 ? "0a" : "0b") + " nud permanent dev lan";
        networks.forEach(net -> net.router().ip().request(line));
        step++;
    }
}
