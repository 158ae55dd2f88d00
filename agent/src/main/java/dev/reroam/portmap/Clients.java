package dev.reroam.portmap;

import dev.reroam.portmap.gateway.Effect;
import dev.reroam.portmap.gateway.GatewayClient;
import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.portmap.gateway.Report;
import dev.reroam.portmap.gateway.Stimulus;
import dev.reroam.portmap.gateway.Turn;

/** Who hears what a protocol's client sends and says? A part of {@link UplinkStep}. */
final class Clients {

    private final Draft draft;
    private final Outcomes outcomes;
    private final Signs signs;

    Clients(Draft draft, Outcomes outcomes, Signs signs) {
        this.draft = draft;
        this.outcomes = outcomes;
        this.signs = signs;
    }

    /** Has it take a step. */
    void stimulate(Protocol protocol, Stimulus stimulus) {
        GatewayClient client = draft.clients.get(protocol);
        if (client == null) {
            draft.dropped++;
            return;
        }
        Turn turn = client.step(stimulus, draft.now);
        draft.clients.put(protocol, turn.client());
        for (Effect effect : turn.effects()) {
            switch (effect) {
                case Effect.Send send -> {
                    draft.sent++;
                    draft.effects.add(new MapperEffect.Send(protocol, send.to(), send.bytes()));
                }
                case Effect.Call call -> {
                    draft.calls++;
                    draft.effects.add(new MapperEffect.Call(call.call(), call.request()));
                }
                case Effect.Tell told -> onReport(protocol, told.report());
            }
        }
    }

    private void onReport(Protocol protocol, Report report) {
        switch (report) {
            case Report.Present present -> outcomes.onPresent(protocol, present);
            case Report.Absent absent -> outcomes.onAbsent(protocol, absent);
            case Report.Granted granted -> outcomes.onGranted(protocol, granted.wanted(), granted.grant());
            case Report.Deleted deleted -> outcomes.onDeleted(protocol, deleted.wanted());
            case Report.Refused refused -> outcomes.onRefused(protocol, refused);
            case Report.Unanswered unanswered -> outcomes.onUnanswered(protocol, unanswered.wanted());
            case Report.OnlyPermanent permanent -> outcomes.onOnlyPermanent(permanent.wanted());
            case Report.Forgot forgot -> signs.onForgot(protocol, forgot.why());
            case Report.Announced announced -> signs.onAnnounced(protocol);
            case Report.ExternalAddress told -> signs.onExternalAddress(protocol, told.address());
            case Report.Dropped drop -> draft.dropped++;
        }
    }
}
