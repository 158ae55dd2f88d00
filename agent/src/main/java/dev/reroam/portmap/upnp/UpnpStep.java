package dev.reroam.portmap.upnp;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.portmap.gateway.AddressKind;
import dev.reroam.portmap.gateway.Chance;
import dev.reroam.portmap.gateway.Effect;
import dev.reroam.portmap.gateway.GatewayClient;
import dev.reroam.portmap.gateway.Grant;
import dev.reroam.portmap.gateway.HttpAnswer;
import dev.reroam.portmap.gateway.HttpRequest;
import dev.reroam.portmap.gateway.Octets;
import dev.reroam.portmap.gateway.Operation;
import dev.reroam.portmap.gateway.Refusal;
import dev.reroam.portmap.gateway.Report;
import dev.reroam.portmap.gateway.Report.Drop;
import dev.reroam.portmap.gateway.Stimulus;
import dev.reroam.portmap.gateway.Transport;
import dev.reroam.portmap.gateway.Turn;
import dev.reroam.portmap.gateway.Wanted;
import dev.reroam.portmap.upnp.UpnpClient.Action;
import dev.reroam.portmap.upnp.UpnpClient.Candidate;
import dev.reroam.portmap.upnp.UpnpClient.Found;
import dev.reroam.portmap.upnp.UpnpClient.Heard;
import dev.reroam.portmap.upnp.UpnpClient.Subscription;
import dev.reroam.portmap.upnp.UpnpClient.Work;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

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
 * The service that was found stays; when it does not answer it is looked for once more. Longer than 400 lines: the rules
 * of one machine, which are read together.
 */
final class UpnpStep {

    private static final String GROUP = "239.255.255.250";
    // UDA section 1.3.2: searches may be lost, so they are repeated; MX 1 lets a device wait up to a second.
    private static final int SEARCHES = 2;
    private static final long SEARCH_NANOS = TimeUnit.MILLISECONDS.toNanos(1000);
    /** Behind the edge's own 2 s: only against an edge that never says anything. */
    private static final long CALL_NANOS = TimeUnit.SECONDS.toNanos(3);

    private static final int MOST_REDIRECTS = 2;
    private static final int MOST_DEVICES = 4;
    private static final int MOST_PORTS_TRIED = 4;
    /** Ours: a table that is longer is not read to its end. */
    private static final int MOST_ENTRIES = 64;
    /** By which people recognise our entries in the gateway's table, and so do we. */
    private static final String DESCRIPTION = "Reroam";

    private static final String DESCRIPTION_ARGUMENT = "NewPortMappingDescription";

    private static final int LOWEST_PORT = 1024;
    private static final long LONG = TimeUnit.MINUTES.toNanos(30);
    private static final long SHORT = TimeUnit.SECONDS.toNanos(30);

    // UDA section 4.1.1: a device chooses; 30 minutes is what it recommends at least.
    private static final int SUBSCRIPTION_SECONDS = 1800;
    /** Where to call back stands here once the edge has opened a port for it, which it does not before it must. */
    private static final String CALLBACK_OF_THE_EDGE = "";

    private static final long SUBSCRIBE_AGAIN = TimeUnit.MINUTES.toNanos(10);
    private static final long SHORTEST_RENEWAL = TimeUnit.MINUTES.toNanos(1);
    private static final long LONGEST_RENEWAL = TimeUnit.HOURS.toNanos(12);

    // WANIPConnection:2 section 2.5, and UDA section 3.2.2 for the first three.
    private static final int INVALID_ACTION = 401;
    private static final int INVALID_ARGS = 402;
    private static final int OPTIONAL_ACTION = 602;
    private static final int NOT_AUTHORISED = 606;
    private static final int NO_SUCH_ENTRY = 714;
    private static final int CONFLICT = 718;
    private static final int SAME_PORTS_REQUIRED = 724;
    private static final int ONLY_PERMANENT = 725;
    private static final int TABLE_FULL = 728;
    private static final int OTHER_MECHANISM = 729;

    private static final int RANK_NOT_CONNECTED = 1;
    private static final int RANK_CONNECTED = 2;
    private static final int RANK_PUBLIC = 4;

    private final UpnpClient before;
    private final long now;
    private final List<Effect> effects = new ArrayList<>();
    private Chance chance;
    private Optional<Found> found;
    private Optional<Work> work;
    private Subscription subscription;
    private Optional<Heard> alive;
    private boolean unjudged;
    private final Map<Wanted, String> written;
    private long calls;

    UpnpStep(UpnpClient before, long now) {
        this.before = before;
        this.now = now;
        chance = before.chance();
        found = before.found();
        work = before.work();
        subscription = before.subscription();
        alive = before.alive();
        unjudged = before.unjudged();
        written = new HashMap<>(before.written());
        calls = before.calls();
    }

    Turn run(Stimulus stimulus) {
        switch (stimulus) {
            case Stimulus.Ask ask -> ask(ask.operation());
            case Stimulus.Datagram datagram -> onDatagram(datagram);
            case Stimulus.Announcement announcement -> onAnnouncement(announcement);
            case Stimulus.Answered answered -> onAnswer(answered.call(), answered.answer());
            case Stimulus.CallFailed failed -> onFailure(failed.call(), failed.why());
            case Stimulus.Notified notified -> onNotified(notified);
            case Stimulus.Leave leave -> leave();
            case Stimulus.Due due -> onDue();
        }
        if (unjudged && work.isEmpty()) {
            unjudged = false;
            alive.ifPresent(said -> judge(found.map(Found::device), said));
        }
        return new Turn(
                new UpnpClient(
                        before.gateway(),
                        before.local(),
                        before.subscribes(),
                        chance,
                        found,
                        work,
                        subscription,
                        alive,
                        unjudged,
                        written,
                        calls),
                effects);
    }

    private void tell(Report report) {
        effects.add(new Effect.Tell(report));
    }

    private long call(HttpRequest request) {
        calls++;
        effects.add(new Effect.Call(calls, request));
        return calls;
    }

    private void end(Report report) {
        work = Optional.empty();
        if (report instanceof Report.Deleted deleted) {
            written.remove(deleted.wanted());
        }
        tell(report);
    }

    // ---- from an operation to a service

    private void ask(Operation operation) {
        if (work.isPresent()) {
            throw new IllegalStateException("asked " + operation + " while " + work);
        }
        if (found.isPresent()) {
            begin(operation, false);
        } else {
            search(operation, 1);
        }
    }

    private void search(Operation operation, int sendings) {
        var unicast = new Endpoint(before.gateway(), SsdpMessage.PORT);
        // Unicast first: the group's answers may come from others on the network, and some devices answer only one way.
        for (String version : List.of("1", "2")) {
            effects.add(new Effect.Send(
                    unicast, SsdpMessage.search(before.gateway().toString(), SsdpMessage.GATEWAY_DEVICE + version)));
        }
        effects.add(new Effect.Send(
                Endpoint.parse(GROUP + ":" + SsdpMessage.PORT),
                SsdpMessage.search(GROUP, SsdpMessage.GATEWAY_DEVICE + "1")));
        work = Optional.of(new Work.Searching(operation, sendings, now + SEARCH_NANOS));
    }

    private void onDatagram(Stimulus.Datagram datagram) {
        // Devices answer from whatever port they like; the address is what counts.
        if (!datagram.from().address().equals(before.gateway())) {
            tell(new Report.Dropped(Drop.NOT_THE_GATEWAY));
            return;
        }
        var message = SsdpMessage.parse(datagram.bytes());
        if (message.isEmpty() || !(message.get() instanceof SsdpMessage.Answer answer)) {
            tell(new Report.Dropped(Drop.MALFORMED));
            return;
        }
        var link = Link.parse(answer.location());
        if (link.isEmpty() || !answer.target().startsWith(SsdpMessage.GATEWAY_DEVICE)) {
            tell(new Report.Dropped(Drop.MALFORMED));
            return;
        }
        var heard = new Heard(link.get(), answer.boot());
        if (work.isPresent() && work.get() instanceof Work.Searching searching) {
            describe(searching.operation(), heard, List.of());
        } else if (work.isPresent()
                && work.get() instanceof Work.Describing describing
                && !describing.device().location().equals(heard.location())
                && describing.others().stream()
                        .noneMatch(other -> other.location().equals(heard.location()))
                && describing.others().size() < MOST_DEVICES) {
            var others = new ArrayList<>(describing.others());
            others.add(heard);
            work = Optional.of(new Work.Describing(
                    describing.operation(),
                    describing.device(),
                    describing.link(),
                    describing.redirects(),
                    others,
                    describing.call(),
                    describing.dueAt()));
        } else {
            tell(new Report.Dropped(Drop.NOT_ASKED));
        }
    }

    private void describe(Operation operation, Heard device, List<Heard> others) {
        fetch(operation, device, device.location(), 0, others);
    }

    private void fetch(Operation operation, Heard device, Link link, int redirects, List<Heard> others) {
        long call = call(new HttpRequest("GET", link.port(), link.path(), Map.of(), ""));
        work = Optional.of(new Work.Describing(operation, device, link, redirects, others, call, now + CALL_NANOS));
    }

    private void onDescription(Work.Describing asked, HttpAnswer answer) {
        if (answer.status() >= 300 && answer.status() < 400) {
            var target = answer.header("Location").flatMap(text -> asked.link().resolve(text, before.gateway()));
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
            var description = Description.read(answer.body(), asked.link(), before.gateway());
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

    private void nextDevice(Operation operation, List<Heard> others, String why) {
        if (others.isEmpty()) {
            work = Optional.empty();
            tell(failed(operation, why, true));
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
        long call = call(Soap.request(services.getFirst(), action));
        work = Optional.of(
                new Work.Choosing(operation, device, model, services, connected, best, others, call, now + CALL_NANOS));
    }

    private void onStatus(Work.Choosing asked, Soap.Outcome outcome) {
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

    private void onServiceAddress(Work.Choosing asked, Soap.Outcome outcome) {
        var address = address(outcome);
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
        found = Optional.of(new Found(best.get().service(), asked.model(), asked.device(), false));
        begin(asked.operation(), true);
    }

    private static Optional<IpAddress> address(Soap.Outcome outcome) {
        if (!(outcome instanceof Soap.Outcome.Done done)) {
            return Optional.empty();
        }
        return addressOf(done.value("NewExternalIPAddress"));
    }

    private static Optional<IpAddress> addressOf(String text) {
        try {
            return Optional.of(IpAddress.parse(text));
        } catch (IllegalArgumentException e) {
            // Empty while there is no connection, or nonsense: both are no address.
            return Optional.empty();
        }
    }

    // ---- what was asked for

    private void begin(Operation operation, boolean fresh) {
        switch (operation) {
            case Operation.Probe probe -> act(operation, fresh, Action.ADDRESS, Optional.empty(), 0, 0, false);
            case Operation.Map map ->
                act(operation, fresh, Action.ADDRESS, Optional.empty(), map.suggestedPort(), 1, false);
            case Operation.Delete delete ->
                act(operation, fresh, Action.CHECK, Optional.empty(), delete.externalPort(), 0, false);
        }
    }

    private void act(
            Operation operation,
            boolean fresh,
            Action action,
            Optional<IpAddress> external,
            int port,
            int tries,
            boolean plain) {
        var service = found.orElseThrow().service();
        HttpRequest request = switch (action) {
            case ADDRESS -> Soap.request(service, "GetExternalIPAddress");
            case ADD -> add(service, (Operation.Map) operation, port, plain);
            case FIND ->
                Soap.request(service, "GetGenericPortMappingEntry", "NewPortMappingIndex", Integer.toString(tries));
            case VERIFY, CHECK -> entry(service, "GetSpecificPortMappingEntry", wanted(operation), port);
            case DELETE, TAKE_BACK -> entry(service, "DeletePortMapping", wanted(operation), port);
        };
        work = Optional.of(new Work.Doing(
                operation, fresh, action, external, port, tries, plain, call(request), now + CALL_NANOS));
    }

    private static Wanted wanted(Operation operation) {
        return switch (operation) {
            case Operation.Probe probe -> throw new IllegalStateException("a probe has no port");
            case Operation.Map map -> map.wanted();
            case Operation.Delete delete -> delete.wanted();
        };
    }

    private static String action(Work.Doing doing, Service service) {
        return switch (doing.action()) {
            case ADDRESS -> "GetExternalIPAddress";
            case ADD -> service.type().addsAny() && !doing.plain() ? "AddAnyPortMapping" : "AddPortMapping";
            case VERIFY, CHECK -> "GetSpecificPortMappingEntry";
            case FIND -> "GetGenericPortMappingEntry";
            case DELETE, TAKE_BACK -> "DeletePortMapping";
        };
    }

    /** Upper case: some devices refuse "udp". */
    private static String word(Transport transport) {
        return transport == Transport.UDP ? "UDP" : "TCP";
    }

    private HttpRequest add(Service service, Operation.Map map, int port, boolean plain) {
        return Soap.request(
                service,
                service.type().addsAny() && !plain ? "AddAnyPortMapping" : "AddPortMapping",
                "NewRemoteHost",
                "",
                "NewExternalPort",
                Integer.toString(port),
                "NewProtocol",
                word(map.wanted().transport()),
                "NewInternalPort",
                Integer.toString(map.wanted().internalPort()),
                "NewInternalClient",
                before.local().toString(),
                "NewEnabled",
                "1",
                DESCRIPTION_ARGUMENT,
                DESCRIPTION,
                "NewLeaseDuration",
                Long.toString(map.lifetimeSeconds()));
    }

    private static HttpRequest entry(Service service, String action, Wanted wanted, int port) {
        return Soap.request(
                service,
                action,
                "NewRemoteHost",
                "",
                "NewExternalPort",
                Integer.toString(port),
                "NewProtocol",
                word(wanted.transport()));
    }

    private void onAction(Work.Doing doing, Soap.Outcome outcome) {
        switch (doing.action()) {
            case ADDRESS -> onExternalAddress(doing, outcome);
            case ADD -> onAdded(doing, outcome);
            case VERIFY -> onVerified(doing, outcome);
            case CHECK -> onChecked(doing, outcome);
            case FIND -> onFound(doing, outcome);
            case TAKE_BACK -> end(new Report.OnlyPermanent(wanted(doing.operation())));
            case DELETE -> onDeleted(doing, outcome);
        }
    }

    private void onExternalAddress(Work.Doing doing, Soap.Outcome outcome) {
        var address = address(outcome);
        if (address.isEmpty() && !doing.fresh()) {
            // The service that was found says nothing useful any more: the device may have changed.
            found = Optional.empty();
            search(doing.operation(), 1);
        } else if (doing.operation() instanceof Operation.Map && address.isPresent()) {
            act(doing.operation(), doing.fresh(), Action.ADD, address, doing.port(), doing.tries(), doing.plain());
        } else if (address.isPresent()) {
            end(new Report.Present(address, found.flatMap(Found::model)));
            subscribeOnce();
        } else {
            end(failed(doing.operation(), "no external address", true));
        }
    }

    private void onAdded(Work.Doing doing, Soap.Outcome outcome) {
        var map = (Operation.Map) doing.operation();
        switch (outcome) {
            case Soap.Outcome.Done done -> {
                String reserved = done.value("NewReservedPort");
                int port = reserved.matches("\\d{1,5}") ? Integer.parseInt(reserved) : doing.port();
                if (port < 1 || port > 0xffff) {
                    end(new Report.Refused(map.wanted(), Refusal.UNBELIEVABLE, "external port " + port, LONG, false));
                } else {
                    act(map, doing.fresh(), Action.VERIFY, doing.external(), port, doing.tries(), doing.plain());
                }
            }
            case Soap.Outcome.Failed failed -> onRefusal(doing, map, failed);
            // It may have been done for all we know.
            case Soap.Outcome.Unreadable unreadable -> end(new Report.Unanswered(map.wanted()));
        }
    }

    private void onRefusal(Work.Doing doing, Operation.Map map, Soap.Outcome.Failed failed) {
        String words = "error " + failed.code() + (failed.words().isEmpty() ? "" : " " + failed.words());
        boolean any = found.orElseThrow().service().type().addsAny() && !doing.plain();
        int next = switch (failed.code()) {
            case CONFLICT, OTHER_MECHANISM -> anotherPort();
            case SAME_PORTS_REQUIRED -> map.wanted().internalPort();
            default -> doing.port();
        };
        if (any && (failed.code() == INVALID_ACTION || failed.code() == OPTIONAL_ACTION)) {
            act(map, doing.fresh(), Action.ADD, doing.external(), doing.port(), doing.tries(), true);
        } else if (next != doing.port() && doing.tries() < MOST_PORTS_TRIED) {
            act(map, doing.fresh(), Action.ADD, doing.external(), next, doing.tries() + 1, doing.plain());
        } else if ((failed.code() == ONLY_PERMANENT || failed.code() == INVALID_ARGS) && map.lifetimeSeconds() != 0) {
            end(new Report.OnlyPermanent(map.wanted()));
        } else {
            var refusal = switch (failed.code()) {
                case CONFLICT, OTHER_MECHANISM, SAME_PORTS_REQUIRED -> Refusal.CONFLICT;
                case TABLE_FULL -> Refusal.NO_RESOURCES;
                case NOT_AUTHORISED -> Refusal.NOT_AUTHORISED;
                case INVALID_ACTION, OPTIONAL_ACTION -> Refusal.UNSUPPORTED;
                case INVALID_ARGS -> Refusal.MALFORMED;
                default -> Refusal.OTHER;
            };
            end(new Report.Refused(
                    map.wanted(), refusal, words, refusal == Refusal.NO_RESOURCES ? SHORT : LONG, false));
        }
    }

    private int anotherPort() {
        int port = LOWEST_PORT + chance.below(0x10000 - LOWEST_PORT);
        chance = chance.next();
        return port;
    }

    private void onVerified(Work.Doing doing, Soap.Outcome outcome) {
        var map = (Operation.Map) doing.operation();
        var asked = grant(doing, map.lifetimeSeconds());
        switch (outcome) {
            case Soap.Outcome.Done done -> {
                if (!leadsToUs(done, map.wanted())) {
                    end(new Report.Refused(map.wanted(), Refusal.UNBELIEVABLE, "the entry is not ours", LONG, false));
                    return;
                }
                remember(map.wanted(), done.value(DESCRIPTION_ARGUMENT));
                String lease = done.value("NewLeaseDuration");
                long seconds = lease.matches("\\d{1,9}") ? Long.parseLong(lease) : map.lifetimeSeconds();
                if (seconds == 0 && map.lifetimeSeconds() != 0) {
                    // It became permanent although it should not: taken back until the ledger knows.
                    act(map, doing.fresh(), Action.TAKE_BACK, doing.external(), doing.port(), doing.tries(), false);
                } else {
                    granted(map.wanted(), grant(doing, seconds));
                }
            }
            case Soap.Outcome.Failed failed -> {
                if (failed.code() == NO_SUCH_ENTRY) {
                    end(new Report.Refused(map.wanted(), Refusal.UNBELIEVABLE, "granted, but not there", LONG, false));
                } else {
                    granted(map.wanted(), asked);
                }
            }
            case Soap.Outcome.Unreadable unreadable -> granted(map.wanted(), asked);
        }
    }

    private static Grant grant(Work.Doing doing, long seconds) {
        return new Grant(new Endpoint(doing.external().orElseThrow(), doing.port()), seconds);
    }

    private void granted(Wanted wanted, Grant grant) {
        end(new Report.Granted(wanted, grant));
        subscribeOnce();
    }

    /** Whoever maps: the outer address concerns all. */
    private void subscribeOnce() {
        if (subscription instanceof Subscription.None none && none.notBefore() - now <= 0) {
            subscribe(Optional.empty());
        }
    }

    /** We have just made it: what a device calls it by itself is what that entry is called from now on. */
    private void remember(Wanted wanted, String description) {
        if (description.equals(DESCRIPTION)) {
            written.remove(wanted);
        } else {
            written.put(wanted, description);
        }
    }

    private boolean leadsToUs(Soap.Outcome.Done done, Wanted wanted) {
        return done.value("NewInternalClient").equals(before.local().toString())
                && done.value("NewInternalPort").equals(Integer.toString(wanted.internalPort()));
    }

    /** Another program of this host may have mapped the same port; some devices keep no description. */
    private boolean isOurs(Soap.Outcome.Done done, Wanted wanted) {
        String description = done.value(DESCRIPTION_ARGUMENT);
        return leadsToUs(done, wanted) && (description.isEmpty() || description.equals(DESCRIPTION));
    }

    private boolean isWhatWeMade(Soap.Outcome.Done done, Wanted wanted) {
        return isOurs(done, wanted)
                || (leadsToUs(done, wanted) && done.value(DESCRIPTION_ARGUMENT).equals(written.get(wanted)));
    }

    private void onChecked(Work.Doing doing, Soap.Outcome outcome) {
        var delete = (Operation.Delete) doing.operation();
        boolean gone = (outcome instanceof Soap.Outcome.Failed failed && failed.code() == NO_SUCH_ENTRY)
                || (outcome instanceof Soap.Outcome.Done done && !isWhatWeMade(done, delete.wanted()));
        if (gone) {
            // It may have got another port than the one that is known: after a conflict, or before we died.
            act(delete, doing.fresh(), Action.FIND, Optional.empty(), doing.port(), 0, false);
        } else {
            act(delete, doing.fresh(), Action.DELETE, Optional.empty(), doing.port(), 0, false);
        }
    }

    private void onFound(Work.Doing doing, Soap.Outcome outcome) {
        var delete = (Operation.Delete) doing.operation();
        if (!(outcome instanceof Soap.Outcome.Done done)) {
            // Error 713, the end of the table; or a device that does not show it.
            end(new Report.Deleted(delete.wanted()));
            return;
        }
        String external = done.value("NewExternalPort");
        boolean ours = isOurs(done, delete.wanted())
                && done.value("NewProtocol")
                        .equalsIgnoreCase(word(delete.wanted().transport()))
                && external.matches("\\d{1,5}");
        int next = doing.tries() + 1;
        if (ours) {
            act(delete, doing.fresh(), Action.DELETE, Optional.empty(), Integer.parseInt(external), 0, false);
        } else if (next < MOST_ENTRIES) {
            act(delete, doing.fresh(), Action.FIND, Optional.empty(), doing.port(), next, false);
        } else {
            end(new Report.Deleted(delete.wanted()));
        }
    }

    private void onDeleted(Work.Doing doing, Soap.Outcome outcome) {
        var wanted = wanted(doing.operation());
        end(
                switch (outcome) {
                    case Soap.Outcome.Done done -> new Report.Deleted(wanted);
                    case Soap.Outcome.Failed failed ->
                        failed.code() == NO_SUCH_ENTRY
                                ? new Report.Deleted(wanted)
                                : new Report.Refused(
                                        wanted,
                                        Refusal.OTHER,
                                        "error " + failed.code() + " " + failed.words(),
                                        LONG,
                                        false);
                    case Soap.Outcome.Unreadable unreadable -> new Report.Unanswered(wanted);
                });
    }

    private static Report failed(Operation operation, String why, boolean answered) {
        return switch (operation) {
            case Operation.Probe probe -> new Report.Absent(answered, why);
            case Operation.Map map ->
                answered
                        ? new Report.Refused(map.wanted(), Refusal.NETWORK_FAILURE, why, SHORT, false)
                        : new Report.Unanswered(map.wanted());
            case Operation.Delete delete -> new Report.Unanswered(delete.wanted());
        };
    }

    // ---- answers to calls, and their absence

    private void onAnswer(long call, HttpAnswer answer) {
        if (subscription instanceof Subscription.Asking asking && asking.call() == call) {
            onSubscribed(answer);
            return;
        }
        if (leaves(call)) {
            return;
        }
        if (work.isEmpty()) {
            return;
        }
        switch (work.get()) {
            case Work.Searching searching -> {}
            case Work.Describing describing -> {
                if (describing.call() == call) {
                    onDescription(describing, answer);
                }
            }
            case Work.Choosing choosing -> {
                if (choosing.call() == call && choosing.connected().isEmpty()) {
                    onStatus(choosing, Soap.outcome("GetStatusInfo", answer));
                } else if (choosing.call() == call) {
                    onServiceAddress(choosing, Soap.outcome("GetExternalIPAddress", answer));
                }
            }
            case Work.Doing doing -> {
                if (doing.call() == call) {
                    onAction(
                            doing,
                            Soap.outcome(action(doing, found.orElseThrow().service()), answer));
                }
            }
        }
    }

    private void onFailure(long call, String why) {
        if (subscription instanceof Subscription.Asking asking && asking.call() == call) {
            subscription = new Subscription.None(now + SUBSCRIBE_AGAIN);
            return;
        }
        if (leaves(call) || work.isEmpty()) {
            return;
        }
        switch (work.get()) {
            case Work.Searching searching -> {}
            case Work.Describing describing -> {
                if (describing.call() == call) {
                    nextDevice(describing.operation(), describing.others(), "description: " + why);
                }
            }
            case Work.Choosing choosing -> {
                if (choosing.call() == call) {
                    nextDevice(choosing.operation(), choosing.others(), "service: " + why);
                }
            }
            case Work.Doing doing -> {
                if (doing.call() == call) {
                    onSilence(doing, why);
                }
            }
        }
    }

    private void onSilence(Work.Doing doing, String why) {
        switch (doing.action()) {
            case ADDRESS, CHECK -> {
                found = Optional.empty();
                if (doing.fresh()) {
                    work = Optional.empty();
                    tell(failed(doing.operation(), why, false));
                } else {
                    search(doing.operation(), 1);
                }
            }
            // Done or not: nobody knows.
            case ADD, DELETE, TAKE_BACK, FIND -> end(new Report.Unanswered(wanted(doing.operation())));
            case VERIFY -> {
                var map = (Operation.Map) doing.operation();
                granted(map.wanted(), grant(doing, map.lifetimeSeconds()));
            }
        }
    }

    private void onDue() {
        if (work.isPresent() && work.get().dueAt() <= now) {
            switch (work.get()) {
                case Work.Searching searching -> {
                    if (searching.sendings() < SEARCHES
                            && !searching.operation().once()) {
                        search(searching.operation(), searching.sendings() + 1);
                    } else {
                        work = Optional.empty();
                        tell(failed(searching.operation(), "no answer", false));
                    }
                }
                case Work.Describing describing -> onFailure(describing.call(), "no answer");
                case Work.Choosing choosing -> onFailure(choosing.call(), "no answer");
                case Work.Doing doing -> onFailure(doing.call(), "no answer");
            }
        }
        switch (subscription) {
            case Subscription.None none -> {}
            case Subscription.Asking asking -> {
                if (asking.dueAt() <= now) {
                    onFailure(asking.call(), "no answer");
                }
            }
            case Subscription.Leaving leaving -> {
                if (leaving.dueAt() <= now) {
                    onFailure(leaving.call(), "no answer");
                }
            }
            case Subscription.Held held -> {
                if (held.renewAt() <= now) {
                    subscribe(Optional.of(held.id()));
                }
            }
        }
    }

    // ---- what the device says of itself

    private void onAnnouncement(Stimulus.Announcement announcement) {
        if (!announcement.from().address().equals(before.gateway())) {
            tell(new Report.Dropped(Drop.NOT_THE_GATEWAY));
            return;
        }
        var message = SsdpMessage.parse(announcement.bytes());
        if (message.isEmpty()) {
            tell(new Report.Dropped(Drop.MALFORMED));
            return;
        }
        switch (message.get()) {
            case SsdpMessage.Answer answer -> tell(new Report.Dropped(Drop.NOT_ASKED));
            case SsdpMessage.Byebye byebye -> {
                if (byebye.target().startsWith(SsdpMessage.GATEWAY_DEVICE)) {
                    found = found.map(f -> new Found(f.service(), f.model(), f.device(), true));
                }
            }
            case SsdpMessage.Alive alive -> {
                var link = Link.parse(alive.location());
                if (alive.target().startsWith(SsdpMessage.GATEWAY_DEVICE) && link.isPresent()) {
                    onAlive(new Heard(link.get(), alive.boot()));
                }
            }
        }
    }

    /** A device that started anew has an empty table, in all likelihood, and may have its service elsewhere. */
    private void onAlive(Heard heard) {
        var known = found.map(Found::device).or(() -> alive);
        alive = Optional.of(heard);
        if (work.isPresent()) {
            unjudged = true;
        } else {
            judge(known, heard);
        }
    }

    private void judge(Optional<Heard> known, Heard heard) {
        if (known.isEmpty()) {
            return;
        }
        OptionalLong boot = known.get().boot();
        boolean rebooted = boot.isPresent() && heard.boot().isPresent() && !boot.equals(heard.boot());
        boolean goodbye = found.map(Found::goodbye).orElse(false);
        if (goodbye || rebooted || !known.get().location().equals(heard.location())) {
            found = Optional.empty();
            subscription = new Subscription.None(now);
            tell(new Report.Forgot("UPnP device started anew"));
        }
    }

    private void subscribe(Optional<String> id) {
        var events = found.flatMap(f -> f.service().events());
        if (events.isEmpty() || !before.subscribes()) {
            subscription = new Subscription.None(GatewayClient.NEVER);
            return;
        }
        // UDA sections 4.1.2 and 4.1.3: a renewal names the subscription and nothing else.
        Map<String, String> headers = id.map(sid -> Map.of("SID", sid, "TIMEOUT", "Second-" + SUBSCRIPTION_SECONDS))
                .orElseGet(() -> Map.of(
                        "CALLBACK",
                        CALLBACK_OF_THE_EDGE,
                        "NT",
                        "upnp:event",
                        "TIMEOUT",
                        "Second-" + SUBSCRIPTION_SECONDS));
        long call = call(
                new HttpRequest("SUBSCRIBE", events.get().port(), events.get().path(), headers, ""));
        subscription = new Subscription.Asking(call, now + CALL_NANOS);
    }

    /** UDA section 4.1.4. */
    private void leave() {
        var events = found.flatMap(f -> f.service().events());
        if (!(subscription instanceof Subscription.Held held) || events.isEmpty()) {
            // One that is being asked for right now runs out by itself.
            subscription = new Subscription.None(GatewayClient.NEVER);
            return;
        }
        long call = call(
                new HttpRequest("UNSUBSCRIBE", events.get().port(), events.get().path(), Map.of("SID", held.id()), ""));
        subscription = new Subscription.Leaving(call, now + CALL_NANOS);
    }

    /** Whatever came of it: it is over. */
    private boolean leaves(long call) {
        boolean over = subscription instanceof Subscription.Leaving leaving && leaving.call() == call;
        if (over) {
            subscription = new Subscription.None(GatewayClient.NEVER);
        }
        return over;
    }

    private void onSubscribed(HttpAnswer answer) {
        var id = answer.header("SID").filter(sid -> sid.matches("[!-~]{1,200}"));
        if (answer.status() != 200 || id.isEmpty()) {
            subscription = new Subscription.None(now + SUBSCRIBE_AGAIN);
            return;
        }
        String timeout = answer.header("TIMEOUT").orElse("");
        long seconds = timeout.matches("(?i)Second-\\d{1,9}")
                ? Long.parseLong(timeout.substring("Second-".length()))
                : SUBSCRIPTION_SECONDS;
        long half = Math.clamp(TimeUnit.SECONDS.toNanos(seconds) / 2, SHORTEST_RENEWAL, LONGEST_RENEWAL);
        subscription = new Subscription.Held(id.get(), now + half);
    }

    private void onNotified(Stimulus.Notified notified) {
        if (!(subscription instanceof Subscription.Held held) || !held.id().equals(notified.subscription())) {
            // The first event may come before the answer that names the subscription; it tells what we know already.
            tell(new Report.Dropped(Drop.NOT_ASKED));
            return;
        }
        eventAddress(notified.body())
                .ifPresentOrElse(
                        address -> tell(new Report.ExternalAddress(address)),
                        () -> tell(new Report.Dropped(Drop.MALFORMED)));
    }

    private static Optional<IpAddress> eventAddress(Octets body) {
        try {
            return XmlReader.read(body).children().stream()
                    .flatMap(property -> property.textOf("ExternalIPAddress").stream())
                    .findFirst()
                    .flatMap(UpnpStep::addressOf);
        } catch (XmlException e) {
            return Optional.empty();
        }
    }
}
