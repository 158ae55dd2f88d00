package dev.reroam.portmap.upnp;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.portmap.gateway.Grant;
import dev.reroam.portmap.gateway.HttpRequest;
import dev.reroam.portmap.gateway.Operation;
import dev.reroam.portmap.gateway.Refusal;
import dev.reroam.portmap.gateway.Report;
import dev.reroam.portmap.gateway.Transport;
import dev.reroam.portmap.gateway.Wanted;
import dev.reroam.portmap.upnp.UpnpClient.Action;
import dev.reroam.portmap.upnp.UpnpClient.Found;
import dev.reroam.portmap.upnp.UpnpClient.Work;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** How does the service do what was asked for? One action after the other. A part of {@link UpnpStep}. */
final class Actions {

    private static final int MOST_PORTS_TRIED = 4;
    /** Ours: a table that is longer is not read to its end. */
    private static final int MOST_ENTRIES = 64;
    /** By which people recognise our entries in the gateway's table, and so do we. */
    private static final String DESCRIPTION = "Reroam";

    private static final String DESCRIPTION_ARGUMENT = "NewPortMappingDescription";

    private static final int LOWEST_PORT = 1024;
    private static final long LONG = TimeUnit.MINUTES.toNanos(30);

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

    private final Draft draft;
    private final Events events;
    private final Consumer<Operation> search;

    /** @param search looks for the service anew, and goes on with the operation */
    Actions(Draft draft, Events events, Consumer<Operation> search) {
        this.draft = draft;
        this.events = events;
        this.search = search;
    }

    void begin(Operation operation, boolean fresh) {
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
        var service = draft.found.orElseThrow().service();
        HttpRequest request = switch (action) {
            case ADDRESS -> Soap.request(service, "GetExternalIPAddress");
            case ADD -> add(service, (Operation.Map) operation, port, plain);
            case FIND ->
                Soap.request(service, "GetGenericPortMappingEntry", "NewPortMappingIndex", Integer.toString(tries));
            case VERIFY, CHECK -> entry(service, "GetSpecificPortMappingEntry", wanted(operation), port);
            case DELETE, TAKE_BACK -> entry(service, "DeletePortMapping", wanted(operation), port);
        };
        draft.work = Optional.of(new Work.Doing(
                operation, fresh, action, external, port, tries, plain, draft.call(request), draft.callDueAt()));
    }

    private static Wanted wanted(Operation operation) {
        return switch (operation) {
            case Operation.Probe probe -> throw new IllegalStateException("a probe has no port");
            case Operation.Map map -> map.wanted();
            case Operation.Delete delete -> delete.wanted();
        };
    }

    static String action(Work.Doing doing, Service service) {
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
                draft.before.local().toString(),
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

    void onAction(Work.Doing doing, Soap.Outcome outcome) {
        switch (doing.action()) {
            case ADDRESS -> onExternalAddress(doing, outcome);
            case ADD -> onAdded(doing, outcome);
            case VERIFY -> onVerified(doing, outcome);
            case CHECK -> onChecked(doing, outcome);
            case FIND -> onFound(doing, outcome);
            case TAKE_BACK -> draft.end(new Report.OnlyPermanent(wanted(doing.operation())));
            case DELETE -> onDeleted(doing, outcome);
        }
    }

    private void onExternalAddress(Work.Doing doing, Soap.Outcome outcome) {
        var address = Soap.externalAddress(outcome);
        if (address.isEmpty() && !doing.fresh()) {
            // The service that was found says nothing useful any more: the device may have changed.
            draft.found = Optional.empty();
            search.accept(doing.operation());
        } else if (doing.operation() instanceof Operation.Map && address.isPresent()) {
            act(doing.operation(), doing.fresh(), Action.ADD, address, doing.port(), doing.tries(), doing.plain());
        } else if (address.isPresent()) {
            draft.end(new Report.Present(address, draft.found.flatMap(Found::model)));
            events.subscribeOnce();
        } else {
            draft.end(Draft.failed(doing.operation(), "no external address", true));
        }
    }

    private void onAdded(Work.Doing doing, Soap.Outcome outcome) {
        var map = (Operation.Map) doing.operation();
        switch (outcome) {
            case Soap.Outcome.Done done -> {
                String reserved = done.value("NewReservedPort");
                int port = reserved.matches("\\d{1,5}") ? Integer.parseInt(reserved) : doing.port();
                if (port < 1 || port > 0xffff) {
                    draft.end(new Report.Refused(
                            map.wanted(), Refusal.UNBELIEVABLE, "external port " + port, LONG, false));
                } else {
                    act(map, doing.fresh(), Action.VERIFY, doing.external(), port, doing.tries(), doing.plain());
                }
            }
            case Soap.Outcome.Failed failed -> onRefusal(doing, map, failed);
            // It may have been done for all we know.
            case Soap.Outcome.Unreadable unreadable -> draft.end(new Report.Unanswered(map.wanted()));
        }
    }

    private void onRefusal(Work.Doing doing, Operation.Map map, Soap.Outcome.Failed failed) {
        String words = "error " + failed.code() + (failed.words().isEmpty() ? "" : " " + failed.words());
        boolean any = draft.found.orElseThrow().service().type().addsAny() && !doing.plain();
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
            draft.end(new Report.OnlyPermanent(map.wanted()));
        } else {
            var refusal = switch (failed.code()) {
                case CONFLICT, OTHER_MECHANISM, SAME_PORTS_REQUIRED -> Refusal.CONFLICT;
                case TABLE_FULL -> Refusal.NO_RESOURCES;
                case NOT_AUTHORISED -> Refusal.NOT_AUTHORISED;
                case INVALID_ACTION, OPTIONAL_ACTION -> Refusal.UNSUPPORTED;
                case INVALID_ARGS -> Refusal.MALFORMED;
                default -> Refusal.OTHER;
            };
            draft.end(new Report.Refused(
                    map.wanted(), refusal, words, refusal == Refusal.NO_RESOURCES ? Draft.SHORT : LONG, false));
        }
    }

    private int anotherPort() {
        int port = LOWEST_PORT + draft.chance.below(0x10000 - LOWEST_PORT);
        draft.chance = draft.chance.next();
        return port;
    }

    private void onVerified(Work.Doing doing, Soap.Outcome outcome) {
        var map = (Operation.Map) doing.operation();
        var asked = grant(doing, map.lifetimeSeconds());
        switch (outcome) {
            case Soap.Outcome.Done done -> {
                if (!leadsToUs(done, map.wanted())) {
                    draft.end(new Report.Refused(
                            map.wanted(), Refusal.UNBELIEVABLE, "the entry is not ours", LONG, false));
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
                    draft.end(new Report.Refused(
                            map.wanted(), Refusal.UNBELIEVABLE, "granted, but not there", LONG, false));
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
        draft.end(new Report.Granted(wanted, grant));
        events.subscribeOnce();
    }

    /** We have just made it: what a device calls it by itself is what that entry is called from now on. */
    private void remember(Wanted wanted, String description) {
        if (description.equals(DESCRIPTION)) {
            draft.written.remove(wanted);
        } else {
            draft.written.put(wanted, description);
        }
    }

    private boolean leadsToUs(Soap.Outcome.Done done, Wanted wanted) {
        return done.value("NewInternalClient").equals(draft.before.local().toString())
                && done.value("NewInternalPort").equals(Integer.toString(wanted.internalPort()));
    }

    /** Another program of this host may have mapped the same port; some devices keep no description. */
    private boolean isOurs(Soap.Outcome.Done done, Wanted wanted) {
        String description = done.value(DESCRIPTION_ARGUMENT);
        return leadsToUs(done, wanted) && (description.isEmpty() || description.equals(DESCRIPTION));
    }

    private boolean isWhatWeMade(Soap.Outcome.Done done, Wanted wanted) {
        return isOurs(done, wanted)
                || (leadsToUs(done, wanted) && done.value(DESCRIPTION_ARGUMENT).equals(draft.written.get(wanted)));
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
            draft.end(new Report.Deleted(delete.wanted()));
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
            draft.end(new Report.Deleted(delete.wanted()));
        }
    }

    private void onDeleted(Work.Doing doing, Soap.Outcome outcome) {
        var wanted = wanted(doing.operation());
        draft.end(
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

    void onSilence(Work.Doing doing, String why) {
        switch (doing.action()) {
            case ADDRESS, CHECK -> {
                draft.found = Optional.empty();
                if (doing.fresh()) {
                    draft.work = Optional.empty();
                    draft.tell(Draft.failed(doing.operation(), why, false));
                } else {
                    search.accept(doing.operation());
                }
            }
            // Done or not: nobody knows.
            case ADD, DELETE, TAKE_BACK, FIND -> draft.end(new Report.Unanswered(wanted(doing.operation())));
            case VERIFY -> {
                var map = (Operation.Map) doing.operation();
                granted(map.wanted(), grant(doing, map.lifetimeSeconds()));
            }
        }
    }
}
