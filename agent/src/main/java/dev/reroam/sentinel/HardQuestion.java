package dev.reroam.sentinel;

import dev.reroam.linux.ip.Endpoint;

/** What is asked while a tunnel is suspect: several servers, quickly, each from the watched port and from a fresh one. */
final class HardQuestion {

    /** Ours: so many from the watched port beside an answered fresh one are no chance, even at 20 % of loss. */
    private static final int STUCK_PACKETS = 5;

    private HardQuestion() {}

    /** Begins one, where none was asked a moment ago and nothing graver is being asked. */
    static void begin(WatchDraft watch) {
        var round = watch.round;
        boolean suspects = round != null && (round.hard || round.suspects());
        if (watch.now < watch.hardFrom
                || suspects
                || watch.config.every() == 0
                || watch.servers().isEmpty()) {
            return;
        }
        watch.leaveFresh();
        watch.hardFrom = watch.now + watch.config.hardSpacing();
        watch.begin(true);
    }

    /** Sends what is due, or ends it. */
    static void advance(WatchDraft watch, RoundDraft under) {
        var config = watch.config;
        boolean all = under.packets >= config.hardPackets();
        boolean onlyFresh = under.freshHeard && !under.oldHeard && watch.portHeard;
        if (onlyFresh && (all || under.oldPackets >= STUCK_PACKETS)) {
            watch.stuck(under);
        } else if (!all) {
            // Two servers at a time, so that one of them alone costs nothing; and the watched port and a fresh one, so
            // that a NAT that holds on to a dead mapping costs nothing either.
            boolean last = under.packets + 2 >= config.hardPackets();
            long wait = last ? config.answerWithin() : config.hardEvery();
            Endpoint first = under.packets == 0 ? under.server : watch.server();
            // In turn, so that of two servers each is asked from both: only its own earlier word can be compared.
            boolean turned = under.packets / 2 % 2 == 1;
            long one = turned ? watch.fresh(under) : watch.port;
            long other = turned ? watch.port : watch.fresh(under);
            if (!watch.send(under, first, one, wait) || !watch.send(under, watch.server(), other, wait)) {
                watch.end();
            }
        } else {
            watch.silent = !under.freshHeard && !under.oldHeard;
            watch.end();
        }
    }
}
