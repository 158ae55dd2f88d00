package dev.reroam.portmap.upnp;

import dev.reroam.portmap.gateway.Chance;
import dev.reroam.portmap.gateway.Effect;
import dev.reroam.portmap.gateway.HttpRequest;
import dev.reroam.portmap.gateway.Operation;
import dev.reroam.portmap.gateway.Refusal;
import dev.reroam.portmap.gateway.Report;
import dev.reroam.portmap.gateway.Turn;
import dev.reroam.portmap.gateway.Wanted;
import dev.reroam.portmap.upnp.UpnpClient.Device;
import dev.reroam.portmap.upnp.UpnpClient.Found;
import dev.reroam.portmap.upnp.UpnpClient.Heard;
import dev.reroam.portmap.upnp.UpnpClient.Subscription;
import dev.reroam.portmap.upnp.UpnpClient.Work;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A {@link UpnpClient} in the making: what the parts of one {@link UpnpStep} write to. One use. */
final class Draft {

    static final long SHORT = TimeUnit.SECONDS.toNanos(30);

    /** Behind the edge's own 2 s: only against an edge that never says anything. */
    private static final long CALL_NANOS = TimeUnit.SECONDS.toNanos(3);

    final UpnpClient before;
    final long now;
    final List<Effect> effects = new ArrayList<>();
    Chance chance;
    Optional<Found> found;
    Optional<Work> work;
    Subscription subscription;
    Optional<Device> device;
    Optional<Heard> unjudged;
    final Map<Wanted, String> written;
    private long calls;

    Draft(UpnpClient before, long now) {
        this.before = before;
        this.now = now;
        chance = before.chance();
        found = before.found();
        work = before.work();
        subscription = before.subscription();
        device = before.device();
        unjudged = before.unjudged();
        written = new HashMap<>(before.written());
        calls = before.calls();
    }

    Turn turn() {
        return new Turn(
                new UpnpClient(
                        before.gateway(),
                        before.local(),
                        before.subscribes(),
                        chance,
                        found,
                        work,
                        subscription,
                        device,
                        unjudged,
                        written,
                        calls),
                effects);
    }

    void tell(Report report) {
        effects.add(new Effect.Tell(report));
    }

    long call(HttpRequest request) {
        calls++;
        effects.add(new Effect.Call(calls, request));
        return calls;
    }

    /** When a call that is made now is given up. */
    long callDueAt() {
        return now + CALL_NANOS;
    }

    /** The work is over. */
    void end(Report report) {
        work = Optional.empty();
        if (report instanceof Report.Deleted deleted) {
            written.remove(deleted.wanted());
        }
        tell(report);
    }

    static Report failed(Operation operation, String why, boolean answered) {
        return switch (operation) {
            case Operation.Probe probe -> new Report.Absent(answered, why);
            case Operation.Map map ->
                answered
                        ? new Report.Refused(map.wanted(), Refusal.NETWORK_FAILURE, why, SHORT, false)
                        : new Report.Unanswered(map.wanted());
            case Operation.Delete delete -> new Report.Unanswered(delete.wanted());
        };
    }
}
