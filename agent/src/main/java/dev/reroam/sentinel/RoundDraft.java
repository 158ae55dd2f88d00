package dev.reroam.sentinel;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.sentinel.Watch.Round;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A {@link Round} that can be changed; the fields are its components. Confined to a step. */
final class RoundDraft {

    /** Not the order of asking; only so that equal states take equal steps. */
    static final Comparator<Endpoint> SERVER_ORDER =
            Comparator.comparing(Endpoint::address).thenComparingInt(Endpoint::port);

    /** Packets of a question: the first, RFC 8489's repeat against loss, and one from a fresh port. */
    static final int OLD_PACKETS = 2;

    final long startedAt;
    final Endpoint server;
    final boolean hard;
    int packets;
    int oldPackets;
    long fresh;
    boolean oldHeard;
    boolean freshHeard;
    boolean control;
    final Map<Endpoint, IpAddress> differing = new TreeMap<>(SERVER_ORDER);
    long differsAt = Watch.NEVER;

    @Nullable
    Endpoint newest;

    int confirms;
    long nextAt;

    RoundDraft(long now, Endpoint server, boolean hard) {
        startedAt = now;
        nextAt = now;
        this.server = server;
        this.hard = hard;
    }

    static RoundDraft of(Round round) {
        var draft = new RoundDraft(round.startedAt(), round.server(), round.hard());
        draft.packets = round.packets();
        draft.oldPackets = round.oldPackets();
        draft.fresh = round.fresh();
        draft.oldHeard = round.oldHeard();
        draft.freshHeard = round.freshHeard();
        draft.control = round.control();
        draft.differing.putAll(round.differing());
        draft.differsAt = round.differsAt();
        draft.newest = round.newest().orElse(null);
        draft.confirms = round.confirms();
        draft.nextAt = round.nextAt();
        return draft;
    }

    Round freeze() {
        return new Round(
                startedAt,
                server,
                hard,
                packets,
                oldPackets,
                fresh,
                oldHeard,
                freshHeard,
                control,
                differing,
                differsAt,
                Optional.ofNullable(newest),
                confirms,
                nextAt);
    }

    boolean suspects() {
        return !differing.isEmpty();
    }

    void clearSuspicion() {
        differing.clear();
        differsAt = Watch.NEVER;
        confirms = 0;
    }
}
