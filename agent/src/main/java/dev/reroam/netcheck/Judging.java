package dev.reroam.netcheck;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.netcheck.GatewayReport.Speaks;
import dev.reroam.netcheck.GatewayReport.Spoken;
import dev.reroam.netcheck.ServerReport.Result;
import dev.reroam.netcheck.UplinkReport.Judgement;
import dev.reroam.netcheck.UplinkReport.PortalReport;
import dev.reroam.portmap.gateway.AddressKind;
import dev.reroam.stun.NatBehaviour;
import dev.reroam.stun.NatBehaviour.Filtering;
import dev.reroam.stun.NatBehaviour.Finding;
import dev.reroam.stun.NatBehaviour.Mapping;
import dev.reroam.stun.Outcome;
import dev.reroam.stun.PathMtu;
import dev.reroam.stun.StunServer;
import dev.reroam.uplink.Uplink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** What the answers say. Pure; silence is never more than unknown. */
final class Judging {

    private static final NatBehaviour NOTHING_SEEN = new NatBehaviour(
            Map.of(),
            Finding.UNKNOWN,
            Mapping.UNKNOWN,
            Filtering.UNKNOWN,
            Finding.UNKNOWN,
            Finding.UNKNOWN,
            Optional.empty());

    // RFC 6585 section 6: network authentication required.
    private static final int AUTHENTICATION_REQUIRED = 511;
    private static final int NO_CONTENT = 204;

    private final Answers answers;
    private final Target target;
    private final Uplink uplink;

    private Judging(Answers answers, Target target) {
        this.answers = answers;
        this.target = target;
        uplink = target.uplink();
    }

    static Report report(Answers answers, Duration took) {
        return new Report(
                answers.wish().uplinks().stream()
                        .map(target -> new Judging(answers, target).uplink())
                        .toList(),
                took);
    }

    private UplinkReport uplink() {
        var servers = answers.wish().servers().stream()
                .filter(this::isOfFamily)
                .map(this::server)
                .toList();
        boolean anybody = servers.stream()
                .anyMatch(server -> server.result() == Result.ANSWERED || server.result() == Result.REFUSED);
        var nat = nat();
        var gateway = gateway();
        var publicAddresses = publicAddresses(servers, nat);
        return new UplinkReport(
                target,
                anybody ? Finding.YES : Finding.UNKNOWN,
                anybody ? Optional.empty() : Optional.of(whyUnknown(servers)),
                publicAddresses,
                nat,
                servers,
                gateway,
                doubleNat(nat, gateway, publicAddresses),
                mtu(),
                portal(),
                answers.answer(new Question.Lookup(uplink, Nat64.KNOWN_NAME), Answer.Resolved.class)
                        .map(resolved -> Nat64.prefixes(Answers.addresses(resolved)))
                        .orElse(List.of()),
                answers.questions(uplink, Question.Memory.class).stream()
                        .flatMap(memory -> answers.answer(memory, Answer.Remembered.class).stream())
                        .map(Answer.Remembered::lifetime)
                        .findFirst());
    }

    private boolean isOfFamily(StunServer server) {
        return Literals.of(server.host())
                .map(address -> address.family() == uplink.family())
                .orElse(true);
    }

    private static String whyUnknown(List<ServerReport> servers) {
        if (servers.isEmpty()) {
            return "no server to ask";
        }
        var results = servers.stream().map(ServerReport::result).distinct().toList();
        boolean isNamesOnly = results.equals(List.of(Result.UNRESOLVED));
        boolean isAsked = results.contains(Result.SILENT);
        String first = servers.getFirst().why().orElse("");
        return isNamesOnly
                ? "no server's name resolves"
                : isAsked ? "no server answers" : results.size() == 1 ? first : "no server could be asked";
    }

    // ---- servers

    private ServerReport server(StunServer server) {
        var endpoint = answers.endpoint(uplink, server);
        if (endpoint.isEmpty()) {
            return unasked(server, endpoint, Result.UNRESOLVED, whyUnresolved(server.host()));
        }
        var obstacle = answers.answer(new Question.Way(uplink, endpoint.get(), false), Answer.Leads.class)
                .flatMap(Answer.Leads::obstacle);
        if (obstacle.isPresent()) {
            return unasked(server, endpoint, Result.OTHER_WAY, obstacle.get());
        }
        List<Outcome> outcomes = outcomes(endpoint.get());
        var answered = outcomes.stream()
                .filter(Outcome.Answered.class::isInstance)
                .map(Outcome.Answered.class::cast)
                .toList();
        if (!answered.isEmpty()) {
            return new ServerReport(
                    server,
                    endpoint,
                    Result.ANSWERED,
                    Optional.empty(),
                    Optional.of(answered.getFirst().mapped()),
                    OptionalLong.of(latency(answered)),
                    answered.size());
        }
        Optional<String> impossible = impossible(new Question.Latency(uplink, endpoint.get(), 0));
        if (impossible.isPresent()) {
            return unasked(server, endpoint, Result.NOT_ASKED, impossible.get());
        }
        return outcomes.stream()
                .map(outcome -> unanswered(server, endpoint, outcome))
                .min(Comparator.comparing(ServerReport::result))
                .orElseGet(() -> unasked(server, endpoint, Result.SILENT, "no answer"));
    }

    private static ServerReport unasked(StunServer server, Optional<Endpoint> endpoint, Result result, String why) {
        return new ServerReport(server, endpoint, result, Optional.of(why), Optional.empty(), OptionalLong.empty(), 0);
    }

    private static ServerReport unanswered(StunServer server, Optional<Endpoint> endpoint, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Refused refused ->
                unasked(
                        server,
                        endpoint,
                        Result.REFUSED,
                        ("refused with " + refused.code() + " " + refused.reason()).strip());
            case Outcome.Unusable unusable -> unasked(server, endpoint, Result.REFUSED, "its answer cannot be used");
            case Outcome.Unmoved unmoved -> unasked(server, endpoint, Result.REFUSED, "answered from elsewhere");
            case Outcome.Unsent unsent ->
                unasked(
                        server,
                        endpoint,
                        Result.NOT_ASKED,
                        "not sent: " + unsent.why().symbol());
            case Outcome.Silent silent -> unasked(server, endpoint, Result.SILENT, "no answer");
            case Outcome.Looped looped -> unasked(server, endpoint, Result.SILENT, "no answer");
            case Outcome.Answered answered -> unasked(server, endpoint, Result.SILENT, "no answer");
        };
    }

    private String whyUnresolved(String host) {
        if (Literals.of(host).isPresent()) {
            return noAddress();
        }
        return answers.answer(new Question.Lookup(uplink, host), Answer.Resolved.class)
                .map(resolved -> switch (resolved.resolved()) {
                    case Names.Resolved.Found found -> noAddress();
                    case Names.Resolved.None none -> none.why();
                })
                .orElse("no name server answers");
    }

    private String noAddress() {
        return "no " + (uplink.family() == IpFamily.V4 ? "IPv4" : "IPv6") + " address";
    }

    /** What came of each question to a server: those for latency, and the first of the discovery. */
    private List<Outcome> outcomes(Endpoint server) {
        List<Outcome> outcomes = new ArrayList<>();
        for (Question.Latency latency : answers.questions(uplink, Question.Latency.class)) {
            if (latency.server().equals(server)) {
                answers.answer(latency, Answer.Came.class)
                        .map(Answer.Came::outcome)
                        .ifPresent(outcomes::add);
            }
        }
        seen().flatMap(seen -> Optional.ofNullable(seen.discovered().outcomes().get(server)))
                .ifPresent(outcomes::add);
        return outcomes;
    }

    /** The least of those that were answered at once; where none was, the least of all may be too small. */
    private static long latency(List<Outcome.Answered> answered) {
        var atOnce = answered.stream().filter(one -> one.requests() == 1).toList();
        return (atOnce.isEmpty() ? answered : atOnce)
                .stream().mapToLong(Outcome.Answered::roundTripNanos).min().orElseThrow();
    }

    private Optional<String> impossible(Question question) {
        return answers.answer(question, Answer.Impossible.class).map(Answer.Impossible::why);
    }

    // ---- NAT

    private Optional<Answer.NatSeen> seen() {
        return answers.questions(uplink, Question.Nat.class).stream()
                .flatMap(nat -> answers.answer(nat, Answer.NatSeen.class).stream())
                .findFirst();
    }

    private NatBehaviour nat() {
        return seen().map(seen -> seen.discovered().behaviour()).orElse(NOTHING_SEEN);
    }

    private static List<IpAddress> publicAddresses(List<ServerReport> servers, NatBehaviour nat) {
        Set<IpAddress> seen = new LinkedHashSet<>();
        servers.forEach(server -> server.seenAs().map(Endpoint::address).ifPresent(seen::add));
        nat.mapped().values().stream().map(Endpoint::address).sorted().forEach(seen::add);
        return List.copyOf(seen);
    }

    /** Two NATs in a row, as far as the first one tells its outer address; a gateway that lies makes this wrong. */
    private Judgement doubleNat(NatBehaviour nat, GatewayReport gateway, List<IpAddress> publicAddresses) {
        for (IpAddress outer : gateway.externalAddresses()) {
            switch (AddressKind.of(outer)) {
                case PRIVATE -> {
                    return new Judgement(Finding.YES, "the gateway's own address outside, " + outer + ", is private");
                }
                case SHARED -> {
                    return new Judgement(
                            Finding.YES, "the provider translates too: the gateway's address outside is " + outer);
                }
                case PUBLIC -> {
                    if (!publicAddresses.isEmpty()) {
                        return publicAddresses.contains(outer)
                                ? new Judgement(Finding.NO, "gateway and servers say the same address")
                                : new Judgement(Finding.YES, "the gateway says that its address outside is " + outer);
                    }
                }
                case NONSENSE -> {}
            }
        }
        if (nat.translated() == Finding.NO) {
            return new Judgement(Finding.NO, "nothing is translated");
        }
        if (AddressKind.of(uplink.source()) == AddressKind.SHARED && !target.isClat()) {
            return new Judgement(Finding.UNKNOWN, "the provider translates: our own address is of its shared space");
        }
        return new Judgement(
                Finding.UNKNOWN,
                publicAddresses.isEmpty()
                        ? "no server says our public address"
                        : "the gateway does not say its address outside");
    }

    // ---- the rest

    private GatewayReport gateway() {
        Optional<String> model = Optional.empty();
        List<Spoken> spoken = new ArrayList<>();
        for (Question.Gateway question : answers.questions(uplink, Question.Gateway.class)) {
            var report = answers.answer(question, Answer.Spoke.class).map(Answer.Spoke::report);
            if (report.isPresent() && report.get() instanceof dev.reroam.portmap.gateway.Report.Present present) {
                model = model.or(present::model);
                spoken.add(new Spoken(question.protocol(), Speaks.YES, present.externalAddress(), Optional.empty()));
            } else if (report.isPresent() && report.get() instanceof dev.reroam.portmap.gateway.Report.Absent absent) {
                var speaks = absent.answered() ? Speaks.NO : Speaks.SILENT;
                spoken.add(new Spoken(question.protocol(), speaks, Optional.empty(), Optional.of(absent.why())));
            } else {
                var impossible = impossible(question);
                var speaks = impossible.isPresent() ? Speaks.NOT_ASKED : Speaks.SILENT;
                spoken.add(new Spoken(
                        question.protocol(), speaks, Optional.empty(), Optional.of(impossible.orElse("no answer"))));
            }
        }
        return new GatewayReport(model, spoken);
    }

    private PathMtu mtu() {
        return answers.questions(uplink, Question.Mtu.class).stream()
                .flatMap(question -> answers.answer(question, Answer.Measured.class).stream())
                .map(Answer.Measured::mtu)
                .max(Comparator.comparingInt(mtu -> mtu.passed().orElse(0)))
                .orElse(PathMtu.UNKNOWN);
    }

    private PortalReport portal() {
        var url = answers.wish().portal();
        if (url.isEmpty()) {
            return new PortalReport(false, Finding.UNKNOWN, "not asked", Optional.empty());
        }
        return answers.questions(uplink, Question.Portal.class).stream()
                .findFirst()
                .map(question -> answers.answer(question, Answer.Fetched.class)
                        .map(fetched -> portal(fetched.answer()))
                        .orElseGet(() -> unknownPortal(impossible(question).orElse("no answer"))))
                .orElseGet(() -> unknownPortal(whyNoPortal(url.get())));
    }

    private String whyNoPortal(PortalUrl url) {
        return answers.endpoint(uplink, url.host(), url.port())
                .map(endpoint -> answers.answer(new Question.Way(uplink, endpoint, true), Answer.Leads.class)
                        .flatMap(Answer.Leads::obstacle)
                        .orElse("not asked"))
                .orElseGet(() -> url.host() + ": " + whyUnresolved(url.host()));
    }

    private static PortalReport unknownPortal(String why) {
        return new PortalReport(true, Finding.UNKNOWN, why, Optional.empty());
    }

    private static PortalReport portal(PortalAnswer answer) {
        return switch (answer) {
            case PortalAnswer.None none -> unknownPortal(none.why());
            case PortalAnswer.Garbled garbled -> unknownPortal("what answers is no web server");
            case PortalAnswer.Http http -> {
                String status = "HTTP status " + http.status();
                // An emptied 200 is what some proxies make of a 204.
                boolean isEmpty = http.status() == NO_CONTENT || (http.status() == 200 && http.saysEmpty());
                boolean isOther = http.status() / 100 == 2
                        || http.status() / 100 == 3
                        || http.status() == AUTHENTICATION_REQUIRED;
                yield isEmpty
                        ? new PortalReport(true, Finding.NO, status, Optional.empty())
                        : isOther
                                ? new PortalReport(true, Finding.YES, status, http.location())
                                : unknownPortal(status);
            }
        };
    }
}
