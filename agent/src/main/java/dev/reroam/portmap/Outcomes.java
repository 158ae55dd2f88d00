package dev.reroam.portmap;

import dev.reroam.portmap.Port.Haste;
import dev.reroam.portmap.Port.Permission;
import dev.reroam.portmap.Port.Trace;
import dev.reroam.portmap.UplinkMapper.Under;
import dev.reroam.portmap.gateway.AddressKind;
import dev.reroam.portmap.gateway.GatewayClient;
import dev.reroam.portmap.gateway.Grant;
import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.portmap.gateway.Refusal;
import dev.reroam.portmap.gateway.Report;
import dev.reroam.portmap.gateway.Wanted;
import java.util.EnumMap;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What does the end of an operation mean for the ports? A part of {@link UplinkStep}. */
final class Outcomes {

    private final Draft draft;
    private final Signs signs;

    Outcomes(Draft draft, Signs signs) {
        this.draft = draft;
        this.signs = signs;
    }

    void onPresent(Protocol protocol, Report.Present present) {
        draft.probes = 0;
        present.externalAddress().ifPresent(address -> signs.onExternalAddress(protocol, address));
        draft.know(protocol, new Presence.There());
        wakeUnmapped();
    }

    void onAbsent(Protocol protocol, Report.Absent absent) {
        draft.know(protocol, new Presence.Absent(absent.answered(), absent.why()));
        wakeUnmapped();
    }

    /** What waited for the end of a probe, of refusals or of silence goes on; the floor of renewals is kept. */
    private void wakeUnmapped() {
        draft.ports.replaceAll((wanted, port) -> port.mapping().isEmpty()
                        && port.trace().isEmpty()
                        && port.permission() != Permission.ASKED
                        && port.nextAt() > draft.now
                ? port.at(Math.max(draft.now, port.haste().floor()))
                : port);
    }

    private void answered() {
        draft.stopping = draft.stopping.map(stopping -> stopping.answered(draft.now));
    }

    private Optional<Under> finish(Wanted wanted) {
        var finished = draft.under.filter(u -> u.wanted().equals(wanted));
        draft.under = Optional.empty();
        return finished;
    }

    void onGranted(Protocol protocol, Wanted wanted, Grant grant) {
        answered();
        finish(wanted);
        Port port = draft.ports.get(wanted);
        if (port == null) {
            return;
        }
        draft.know(protocol, new Presence.There());
        long until =
                grant.permanent() ? GatewayClient.NEVER : draft.now + TimeUnit.SECONDS.toNanos(grant.lifetimeSeconds());
        Port traced =
                port.withTrace(Optional.of(new Trace(protocol, grant.external().port(), until, true)));
        if (AddressKind.of(grant.external().address()) == AddressKind.NONSENSE) {
            // It is taken back by the protocol that made it, and that protocol is not asked again for a while.
            String words = "external address " + grant.external().address();
            refuse(draft.lose(traced, words), protocol, Refusal.UNBELIEVABLE, words, Pace.REFUSAL_CEILING);
            return;
        }
        keep(traced, protocol, grant);
    }

    private void keep(Port port, Protocol protocol, Grant grant) {
        var former = port.mapping();
        long since = former.filter(m -> m.external().equals(grant.external()) && m.source() == protocol)
                .map(Mapping::since)
                .orElse(draft.now);
        var mapping = new Mapping(port.wanted(), protocol, grant.external(), since, draft.now, grant.lifetimeSeconds());
        long renewal = Pace.renewal(grant.lifetimeSeconds());
        long renewalAt = draft.now + draft.near(renewal);
        Haste haste = Pace.haste(port.haste(), renewal, draft.now);
        long next = haste.renewals() == 0 ? renewalAt : haste.floor();
        draft.put(port.withMapping(Optional.of(mapping))
                .withFailures(0)
                .withHaste(haste)
                .at(port.desired() ? next : draft.now));
        if (since == draft.now) {
            draft.tell(new News.Mapped(mapping, former));
        }
        signs.onGrantedAddress(
                protocol,
                former.filter(m -> m.source() == protocol).map(m -> m.external().address()),
                grant.external().address());
    }

    void onDeleted(Protocol protocol, Wanted wanted) {
        answered();
        finish(wanted);
        draft.know(protocol, new Presence.There());
        Port port = draft.ports.get(wanted);
        if (port != null) {
            forget(port);
        }
    }

    /** The table holds nothing of ours for this port any more. */
    private void forget(Port port) {
        if (port.permission() == Permission.GIVEN) {
            draft.tell(new News.PermanentGone(port.wanted()));
        }
        Port left = draft.lose(port, "taken back")
                .withTrace(Optional.empty())
                .withPermission(Permission.NONE)
                .at(draft.now);
        if (left.desired()) {
            draft.put(left);
        } else {
            draft.ports.remove(port.wanted());
        }
    }

    void onRefused(Protocol protocol, Report.Refused refused) {
        answered();
        var finished = finish(refused.wanted());
        Port port = draft.ports.get(refused.wanted());
        if (port == null || finished.isEmpty()) {
            return;
        }
        if (finished.get().deletes()) {
            onRefusedDeletion(port, refused);
            return;
        }
        if (!finished.get().hadTrace() && refused.refusal() != Refusal.UNBELIEVABLE && !refused.repeated()) {
            if (port.permission() == Permission.GIVEN) {
                draft.tell(new News.PermanentGone(port.wanted()));
            }
            port = port.withTrace(Optional.empty()).withPermission(Permission.NONE);
        }
        refuse(port, protocol, refused.refusal(), refused.words(), refused.againAfterNanos());
    }

    private void onRefusedDeletion(Port port, Report.Refused refused) {
        if (refused.refusal() == Refusal.UNSUPPORTED
                || !port.trace().map(Trace::confirmed).orElse(false)) {
            // A gateway that does not know the protocol any more is another than the one that had our mapping; and one
            // that never granted any and will not hear of deleting has none.
            forget(port);
        } else {
            later(port);
        }
    }

    private void refuse(Port port, Protocol protocol, Refusal refusal, String words, long againAfter) {
        var refused = new EnumMap<Protocol, Long>(Protocol.class);
        refused.putAll(port.refusedUntil());
        refused.put(protocol, draft.now + Pace.refusal(port.failures(), againAfter));
        draft.put(port.withRefused(refused)
                .withFailures(Math.min(port.failures() + 1, 20))
                .at(draft.now));
        draft.tell(new News.Refused(port.wanted(), protocol, refusal, words));
    }

    void onUnanswered(Protocol protocol, Wanted wanted) {
        finish(wanted);
        Port port = draft.ports.get(wanted);
        if (port == null) {
            return;
        }
        if (port.failures() + 1 >= Pace.FUTILE) {
            draft.presence.put(protocol, new Presence.Absent(false, "no answer"));
            draft.probeAt = Math.max(draft.now + Pace.PROBE_FLOOR, draft.probeAt);
        } else if (port.mapping().isEmpty()) {
            draft.presence.put(protocol, new Presence.Unknown());
            draft.probeAt = Math.max(draft.now, draft.probeAt);
        }
        later(port);
    }

    /** Waits before the next attempt. */
    private void later(Port port) {
        int failures = Math.min(port.failures() + 1, 20);
        long wait = draft.near(Pace.retry(port, failures, draft.now));
        draft.put(port.withFailures(failures).at(draft.now + Math.max(wait, Pace.RETRY_FLOOR)));
    }

    void onOnlyPermanent(Wanted wanted) {
        var finished = finish(wanted);
        Port port = draft.ports.get(wanted);
        if (port == null) {
            return;
        }
        int external = port.trace().map(Trace::externalPort).orElse(wanted.internalPort());
        if (!finished.map(Under::hadTrace).orElse(false)) {
            port = port.withTrace(Optional.empty());
        }
        if (port.permission() == Permission.GIVEN) {
            // It was asked for a permanent one and says that only those are made: a lie, and so a refusal.
            refuse(port, Protocol.UPNP, Refusal.OTHER, "permanent mappings only, and none", Pace.REFUSAL_CEILING);
            return;
        }
        draft.put(port.withPermission(Permission.ASKED).at(GatewayClient.NEVER));
        draft.tell(new News.PermanentAhead(wanted, external));
    }
}
