package dev.reroam.sentinel;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.sentinel.Watch.Said;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether it is the WAN that changed where one server sees another address than before: others are asked whether they do,
 * too. Confined to a step.
 */
final class Confirmation {

    /** Ours: two servers, each over both ports. */
    private static final int MOST_CONFIRMS = 4;

    private final WatchDraft watch;
    private final RoundDraft under;

    Confirmation(WatchDraft watch, RoundDraft under) {
        this.watch = watch;
        this.under = under;
    }

    /** A server sees another address than it did before. */
    void suspect(Endpoint server, IpAddress before, Endpoint mapped) {
        under.newest = mapped;
        under.differing.put(server, before);
        under.differsAt = Math.min(under.differsAt, watch.now);
        if (under.differing.size() >= 2 || others().isEmpty()) {
            changed();
        } else {
            under.nextAt = watch.now;
        }
    }

    /** Asks others whether they see another address, too. */
    void advance() {
        long until = under.differsAt + watch.config.confirmFor();
        List<Endpoint> others = others();
        if (watch.now >= until || others.isEmpty()) {
            changed();
            return;
        }
        if (under.confirms >= MOST_CONFIRMS) {
            under.nextAt = until;
            return;
        }
        Endpoint to = others.get(under.confirms / 2 % others.size());
        // The flow that exists is the better witness; where it is silent already, a fresh one is the quicker.
        boolean freshFirst = under.hard && !under.oldHeard;
        long by = (under.confirms % 2 == 0) == freshFirst ? watch.fresh(under) : watch.port;
        under.confirms++;
        int before = under.packets;
        if (!watch.send(under, to, by, watch.within(to, watch.config.confirmWithin()))) {
            // Nobody may be asked this minute: as if the word had not been said, so that it is news next time.
            under.differing.forEach((server, address) -> watch.said.computeIfPresent(
                    server,
                    (key, word) -> new Said(
                            new Endpoint(address, word.mapped().port()),
                            word.port(),
                            word.roundTripNanos(),
                            Watch.NEVER,
                            Watch.NEVER)));
            watch.end();
            return;
        }
        under.packets = before;
        under.nextAt = Math.min(under.nextAt, until);
    }

    /** What another server says while one sees a new address. */
    void weigh(Endpoint server, @Nullable Said before, IpAddress sees) {
        IpAddress suspected = under.newest == null ? watch.known() : under.newest.address();
        if (under.differing.containsKey(server) || before == null) {
            return;
        }
        if (sees.equals(suspected) && !sees.equals(watch.known())) {
            // It saw the new address before the first one did.
            changed();
        } else {
            under.clearSuspicion();
            if (!under.hard) {
                watch.end();
            }
        }
    }

    private void changed() {
        Endpoint seen = under.newest;
        IpAddress before = under.differing.values().stream().findFirst().orElse(watch.known());
        if (seen != null) {
            boolean stuck = !under.oldHeard && under.oldPackets >= RoundDraft.OLD_PACKETS && watch.portHeard;
            // What the others said is of the world before.
            watch.said
                    .entrySet()
                    .removeIf(word -> !word.getValue().mapped().address().equals(seen.address())
                            && !under.differing.containsKey(word.getKey()));
            watch.tell(seen, Optional.ofNullable(before), stuck);
            if (under.freshHeard && !under.oldHeard) {
                watch.adopt(under);
            }
        }
        watch.end();
    }

    /** Servers that could contradict: they have an earlier word on record, and have not said anything new. */
    private List<Endpoint> others() {
        return watch.servers().stream()
                .filter(server -> watch.said.containsKey(server)
                        && !under.differing.containsKey(server)
                        && !watch.resting.containsKey(server))
                .toList();
    }
}
