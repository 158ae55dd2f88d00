package dev.reroam.portmap.upnp;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.portmap.gateway.AddressKind;
import dev.reroam.portmap.gateway.Effect;
import dev.reroam.portmap.gateway.HttpAnswer;
import dev.reroam.portmap.gateway.HttpRequest;
import dev.reroam.portmap.gateway.Operation;
import dev.reroam.portmap.gateway.Report;
import dev.reroam.portmap.gateway.Report.Drop;
import dev.reroam.portmap.gateway.Stimulus;
import dev.reroam.portmap.upnp.UpnpClient.Candidate;
import dev.reroam.portmap.upnp.UpnpClient.Found;
import dev.reroam.portmap.upnp.UpnpClient.Heard;
import dev.reroam.portmap.upnp.UpnpClient.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Which service shall do it? Devices are searched for, described, and the services of one are asked: connected, with a public
 * address. A part of {@link UpnpStep}.
 */
final class Discovery {

    private static final String GROUP = "239.255.255.250";
    // UDA section 1.3.2: searches may be lost, so they are repeated; MX 1 lets a device wait up to a second.
    static final int SEARCHES = 2;
    private static final long SEARCH_NANOS = TimeUnit.MILLISECONDS.toNanos(1000);

    private static final int MOST_REDIRECTS = 2;
    private static final int MOST_DEVICES = 4;

    private static final int RANK_NOT_CONNECTED = 1;
    private static final int RANK_CONNECTED = 2;
    private static final int RANK_PUBLIC = 4;

    private final Draft draft;
    private final Consumer<Operation> then;

    /** @param then what goes on once {@link Draft#found} is there */
    Discovery(Draft draft, Consumer<Operation> then) {
        this.draft = draft;
        this.then = then;
    }

    void search(Operation operation, int sendings) {
        var unicast = new Endpoint(draft.before.gateway(), SsdpMessage.PORT);
        // Unicast first: the group's answers may come from others on the network, and some devices answer only one way.
        for (String version : List.of("1", "2")) {
            draft.effects.add(new Effect.Send(
                    unicast,
                    SsdpMessage.search(draft.before.gateway().toString(), SsdpMessage.GATEWAY_DEVICE + version)));
        }
        draft.effects.add(new Effect.Send(
                Endpoint.parse(GROUP + ":" + SsdpMessage.PORT),
                SsdpMessage.search(GROUP, SsdpMessage.GATEWAY_DEVICE + "1")));
        draft.work = Optional.of(new Work.Searching(operation, sendings, draft.now + SEARCH_NANOS));
    }

    void onDatagram(Stimulus.Datagram datagram) {
        // Devices answer from whatever port they like; the address is what counts.
        if (!datagram.from().address().equals(draft.before.gateway())) {
            draft.tell(new Report.Dropped(Drop.NOT_THE_GATEWAY));
            return;
        }
        var message = SsdpMessage.parse(datagram.bytes());
        if (message.isEmpty() || !(message.get() instanceof SsdpMessage.Answer answer)) {
            draft.tell(new Report.Dropped(Drop.MALFORMED));
            return;
        }
        var link = Link.parse(answer.location());
        if (link.isEmpty() || !answer.target().startsWith(SsdpMessage.GATEWAY_DEVICE)) {
            draft.tell(new Report.Dropped(Drop.MALFORMED));
            return;
        }
        var heard = new Heard(link.get(), answer.boot());
        if (draft.work.isPresent() && draft.work.get() instanceof Work.Searching searching) {
            describe(searching.operation(), heard, List.of());
        } else if (draft.work.isPresent()
                && draft.work.get() instanceof Work.Describing describing
                && !describing.device().location().equals(heard.location())
                && describing.others().stream()
                        .noneMatch(other -> other.location().equals(heard.location()))
                && describing.others().size() < MOST_DEVICES) {
            var others = new ArrayList<>(describing.others());
            others.add(heard);
            draft.work = Optional.of(new Work.Describing(
                    describing.operation(),
                    describing.device(),
                    describing.link(),
                    describing.redirects(),
                    others,
                    describing.call(),
                    describing.dueAt()));
        } else {
            draft.tell(new Report.Dropped(Drop.NOT_ASKED));
        }
    }

    private void describe(Operation operation, Heard device, List<Heard> others) {
        fetch(operation, device, device.location(), 0, others);
    }

    private void fetch(Operation operation, Heard device, Link link, int redirects, List<Heard> others) {
        long call = draft.call(new HttpRequest("GET", link.port(), link.path(), Map.of(), ""));
        draft.work =
                Optional.of(new Work.Describing(operation, device, link, redirects, others, call, draft.callDueAt()));
    }

    void onDescription(Work.Describing asked, HttpAnswer answer) {
        if (answer.status() >= 300 && answer.status() < 400) {
            var target = answer.header("Location").flatMap(text -> asked.link().resolve(text, draft.before.gateway()));
            if (target.isEmpty() || asked.redirects() >= MOST_REDIRECTS) {
                nextDevice(asked.operation(), asked.others(), "redirected away, or too often");
                return;
            }
            fetch(asked.operation(), asked.device(), target.get(), asked.redirects() + 1, asked.others());
            return;
        }
        if (answer.status() != 200) {
            nextDevice(asked.operation(), asked.others(), "description: HTTP status " + answer.status());
            return;
        }
        try {
            var description = Description.read(answer.body(), asked.link(), draft.before.gateway());
            if (description.services().isEmpty()) {
                nextDevice(asked.operation(), asked.others(), "no service that maps ports");
                return;
            }
            askService(
                    asked.operation(),
                    asked.device(),
                    description.model(),
                    description.services(),
                    Optional.empty(),
                    Optional.empty(),
                    asked.others());
        } catch (XmlException e) {
            nextDevice(asked.operation(), asked.others(), "description: " + e.getMessage());
        }
    }

    void nextDevice(Operation operation, List<Heard> others, String why) {
        if (others.isEmpty()) {
            draft.work = Optional.empty();
            draft.tell(Draft.failed(operation, why, true));
        } else {
            describe(operation, others.getFirst(), others.subList(1, others.size()));
        }
    }

    private void askService(
            Operation operation,
            Heard device,
            Optional<String> model,
            List<Service> services,
            Optional<Boolean> connected,
            Optional<Candidate> best,
            List<Heard> others) {
        String action = connected.isEmpty() ? "GetStatusInfo" : "GetExternalIPAddress";
        long call = draft.call(Soap.request(services.getFirst(), action));
        draft.work = Optional.of(new Work.Choosing(
                operation, device, model, services, connected, best, others, call, draft.callDueAt()));
    }

    void onStatus(Work.Choosing asked, Soap.Outcome outcome) {
        // A service that does not say is asked for its address all the same; only "Disconnected" and the like count.
        boolean connected = !(outcome instanceof Soap.Outcome.Done done)
                || done.value("NewConnectionStatus").isEmpty()
                || done.value("NewConnectionStatus").equalsIgnoreCase("Connected")
                || done.value("NewConnectionStatus").equalsIgnoreCase("Up");
        askService(
                asked.operation(),
                asked.device(),
                asked.model(),
                asked.services(),
                Optional.of(connected),
                asked.best(),
                asked.others());
    }

    void onServiceAddress(Work.Choosing asked, Soap.Outcome outcome) {
        var address = Soap.externalAddress(outcome);
        var kind = address.map(AddressKind::of).orElse(AddressKind.NONSENSE);
        int rank = kind == AddressKind.NONSENSE
                ? 0
                : (asked.connected().orElse(false) ? RANK_CONNECTED : RANK_NOT_CONNECTED)
                        + (kind == AddressKind.PUBLIC ? RANK_PUBLIC : 0);
        var best = asked.best();
        if (rank > best.map(Candidate::rank).orElse(0)) {
            best = Optional.of(new Candidate(asked.services().getFirst(), address.orElseThrow(), rank));
        }
        var left = asked.services().subList(1, asked.services().size());
        if (rank == RANK_CONNECTED + RANK_PUBLIC || left.isEmpty()) {
            choose(asked, best);
            return;
        }
        askService(asked.operation(), asked.device(), asked.model(), left, Optional.empty(), best, asked.others());
    }

    private void choose(Work.Choosing asked, Optional<Candidate> best) {
        if (best.isEmpty()) {
            nextDevice(asked.operation(), asked.others(), "no service is connected");
            return;
        }
        draft.found = Optional.of(new Found(best.get().service(), asked.model(), asked.device()));
        then.accept(asked.operation());
    }
}
