package dev.reroam.portmap.upnp;

import dev.reroam.portmap.gateway.HttpAnswer;
import dev.reroam.portmap.gateway.Operation;
import dev.reroam.portmap.gateway.Stimulus;
import dev.reroam.portmap.gateway.Turn;
import dev.reroam.portmap.upnp.UpnpClient.Work;

/**
 * One step of {@link UpnpClient}. One use.
 *
 * <pre>
 * operation → (nothing found yet: search → describe → choose) → do:
 *   probe:  GetExternalIPAddress
 *   map:    GetExternalIPAddress → Add(Any)PortMapping → GetSpecificPortMappingEntry
 *   delete: GetSpecificPortMappingEntry (is it ours?) → DeletePortMapping
 *           not there, or not ours → GetGenericPortMappingEntry, one by one → DeletePortMapping
 * </pre>
 *
 * The service that was found stays; when it does not answer it is looked for once more. {@link Discovery} finds it, {@link Actions}
 * has it do something, {@link Events} hears it.
 */
final class UpnpStep {

    private final Draft draft;
    private final Discovery discovery;
    private final Actions actions;
    private final Events events;

    UpnpStep(UpnpClient before, long now) {
        draft = new Draft(before, now);
        events = new Events(draft);
        actions = new Actions(draft, events, this::searchAnew);
        discovery = new Discovery(draft, operation -> {
            events.onFound();
            actions.begin(operation, true);
        });
    }

    private void searchAnew(Operation operation) {
        discovery.search(operation, 1);
    }

    Turn run(Stimulus stimulus) {
        switch (stimulus) {
            case Stimulus.Ask ask -> ask(ask.operation());
            case Stimulus.Datagram datagram -> discovery.onDatagram(datagram);
            case Stimulus.Announcement announcement -> events.onAnnouncement(announcement);
            case Stimulus.Answered answered -> onAnswer(answered.call(), answered.answer());
            case Stimulus.CallFailed failed -> onFailure(failed.call(), failed.why());
            case Stimulus.Notified notified -> events.onNotified(notified);
            case Stimulus.Leave leave -> events.leave();
            case Stimulus.Due due -> onDue();
        }
        events.judgeLate();
        return draft.turn();
    }

    private void ask(Operation operation) {
        if (draft.work.isPresent()) {
            throw new IllegalStateException("asked " + operation + " while " + draft.work);
        }
        if (draft.found.isPresent()) {
            actions.begin(operation, false);
        } else {
            discovery.search(operation, 1);
        }
    }

    private void onAnswer(long call, HttpAnswer answer) {
        if (events.onAnswer(call, answer) || draft.work.isEmpty()) {
            return;
        }
        switch (draft.work.get()) {
            case Work.Searching searching -> {}
            case Work.Describing describing -> {
                if (describing.call() == call) {
                    discovery.onDescription(describing, answer);
                }
            }
            case Work.Choosing choosing -> {
                if (choosing.call() == call && choosing.connected().isEmpty()) {
                    discovery.onStatus(choosing, Soap.outcome("GetStatusInfo", answer));
                } else if (choosing.call() == call) {
                    discovery.onServiceAddress(choosing, Soap.outcome("GetExternalIPAddress", answer));
                }
            }
            case Work.Doing doing -> {
                if (doing.call() == call) {
                    actions.onAction(
                            doing,
                            Soap.outcome(
                                    Actions.action(
                                            doing, draft.found.orElseThrow().service()),
                                    answer));
                }
            }
        }
    }

    private void onFailure(long call, String why) {
        if (events.onFailure(call) || draft.work.isEmpty()) {
            return;
        }
        switch (draft.work.get()) {
            case Work.Searching searching -> {}
            case Work.Describing describing -> {
                if (describing.call() == call) {
                    discovery.nextDevice(describing.operation(), describing.others(), "description: " + why);
                }
            }
            case Work.Choosing choosing -> {
                if (choosing.call() == call) {
                    discovery.nextDevice(choosing.operation(), choosing.others(), "service: " + why);
                }
            }
            case Work.Doing doing -> {
                if (doing.call() == call) {
                    actions.onSilence(doing, why);
                }
            }
        }
    }

    private void onDue() {
        if (draft.work.isPresent() && draft.work.get().dueAt() <= draft.now) {
            switch (draft.work.get()) {
                case Work.Searching searching -> {
                    if (searching.sendings() < Discovery.SEARCHES
                            && !searching.operation().once()) {
                        discovery.search(searching.operation(), searching.sendings() + 1);
                    } else {
                        draft.end(Draft.failed(searching.operation(), "no answer", false));
                    }
                }
                case Work.Describing describing -> onFailure(describing.call(), "no answer");
                case Work.Choosing choosing -> onFailure(choosing.call(), "no answer");
                case Work.Doing doing -> onFailure(doing.call(), "no answer");
            }
        }
        events.onDue();
    }
}
