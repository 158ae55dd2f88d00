package dev.reroam.recovery;

import dev.reroam.linux.ip.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is known of the name of a peer's endpoint, while its tunnel is in trouble. Immutable; instants are monotonic
 * nanoseconds.
 *
 * @param askedAt when it was last asked for
 * @param nextAt not asked for again before this
 * @param means the endpoints that it gives, those of the present one's family first; none while nobody has said
 * @param said what was last said of it, for people; empty before the first word
 * @param tried those that the tunnel was sent to since it was last asked for
 * @param former where the tunnel was sent before the first of them; empty while none is on trial
 */
public record Named(
        long askedAt, long nextAt, List<Endpoint> means, String said, List<Endpoint> tried, Optional<Endpoint> former) {

    public Named {
        means = List.copyOf(means);
        tried = List.copyOf(tried);
    }

    /** Nobody has asked yet; somebody may, from the given instant on. */
    static Named from(long now, long nextAt) {
        return new Named(now, nextAt, List.of(), "", List.of(), Optional.empty());
    }

    Named asked(long now, long next) {
        return new Named(now, next, means, said, List.of(), former);
    }

    Named told(List<Endpoint> now, String what, long next) {
        return new Named(askedAt, next, now, what, tried, former);
    }

    Named trying(Endpoint present, Endpoint to) {
        var more = new ArrayList<>(tried);
        more.add(to);
        return new Named(askedAt, nextAt, means, said, more, former.or(() -> Optional.of(present)));
    }

    Named settled() {
        return new Named(askedAt, nextAt, means, said, tried, Optional.empty());
    }
}
