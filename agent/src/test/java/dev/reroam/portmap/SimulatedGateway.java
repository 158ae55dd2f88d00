package dev.reroam.portmap;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.portmap.gateway.HttpAnswer;
import dev.reroam.portmap.gateway.HttpRequest;
import dev.reroam.portmap.gateway.Octets;
import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.portmap.gateway.Transport;
import dev.reroam.portmap.natpmp.NatPmpCodec;
import dev.reroam.portmap.natpmp.NatPmpRequest;
import dev.reroam.portmap.natpmp.NatPmpResponse;
import dev.reroam.portmap.natpmp.NatPmpResult;
import dev.reroam.portmap.pcp.PcpCodec;
import dev.reroam.portmap.pcp.PcpMessage;
import dev.reroam.portmap.pcp.PcpNonce;
import dev.reroam.portmap.pcp.PcpResult;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A gateway with one table for all three protocols, as miniupnpd has it, with switches and counters. */
final class SimulatedGateway {

    /** A line of the table. */
    record Entry(
            Protocol by,
            Transport transport,
            int external,
            String client,
            int internal,
            long until,
            PcpNonce nonce,
            String description) {

        /** Of UPnP, for ever. */
        static Entry permanent(int external, String client, int internal, String description) {
            return new Entry(
                    Protocol.UPNP,
                    Transport.UDP,
                    external,
                    client,
                    internal,
                    Long.MAX_VALUE,
                    new PcpNonce(0, 0),
                    description);
        }
    }

    static final IpAddress ADDRESS = IpAddress.parse("192.0.2.1");
    static final String LOCAL = "192.0.2.2";
    private static final int HTTP_PORT = 5000;

    final Set<Protocol> speaks = EnumSet.allOf(Protocol.class);
    final Set<Protocol> refuses = EnumSet.noneOf(Protocol.class);
    final Map<Protocol, Integer> heard = new EnumMap<>(Protocol.class);
    final Map<Integer, Entry> table = new HashMap<>();
    String external = "198.51.100.7";
    /** Seconds; 0 is as asked. */
    long lease;

    /** What it writes as the description of every entry of UPnP; empty to keep what was asked for. */
    Optional<String> describes = Optional.empty();

    boolean onlyPermanent;
    boolean silent;
    boolean ignoresOtherVersions;
    int igd = 2;
    int answersFrom = 5351;
    long delayNanos = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long AGAIN = TimeUnit.SECONDS.toNanos(1);

    private final Map<String, Granted> granted = new HashMap<>();

    private record Granted(long at, long seconds) {}

    int mostOurs;
    int permanentMade;
    int subscriptions;
    private long bornAt;
    private long boot = 1;

    SimulatedGateway(long now) {
        bornAt = now;
    }

    void speaksOnly(Protocol protocol) {
        speaks.clear();
        speaks.add(protocol);
    }

    /** The table is empty and the epochs start anew. */
    void reboot(long now) {
        table.clear();
        bornAt = now;
        boot++;
    }

    long epoch(long now) {
        return TimeUnit.NANOSECONDS.toSeconds(now - bornAt);
    }

    int heard(Protocol protocol) {
        return heard.getOrDefault(protocol, 0);
    }

    long ours(long now) {
        table.values().removeIf(entry -> entry.until() <= now);
        return table.values().stream()
                .filter(entry -> entry.client().equals(LOCAL))
                .count();
    }

    /** A datagram of ours; the answer, if there is one. */
    Optional<Octets> datagram(Protocol protocol, Endpoint to, Octets bytes, long now) {
        heard.merge(protocol, 1, Integer::sum);
        if (silent) {
            return Optional.empty();
        }
        return switch (protocol) {
            case PCP -> pcp(bytes, now);
            case NAT_PMP -> natPmp(bytes, now);
            case UPNP ->
                speaks.contains(Protocol.UPNP) && to.address().equals(ADDRESS)
                        ? Optional.of(found())
                        : Optional.empty();
        };
    }

    private Octets found() {
        String text =
                "HTTP/1.1 200 OK\r\nST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\nEXT:\r\nUSN: uuid:1\r\n"
                        + "LOCATION: http://192.0.2.1:" + HTTP_PORT + "/root.xml\r\nBOOTID.UPNP.ORG: " + boot
                        + "\r\n\r\n";
        return Octets.of(text.getBytes(StandardCharsets.US_ASCII));
    }

    Octets alive() {
        String text = "NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nNTS: ssdp:alive\r\n"
                + "NT: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n"
                + "LOCATION: http://192.0.2.1:" + HTTP_PORT + "/root.xml\r\nBOOTID.UPNP.ORG: " + boot + "\r\n\r\n";
        return Octets.of(text.getBytes(StandardCharsets.US_ASCII));
    }

    private Optional<Octets> pcp(Octets bytes, long now) {
        if (!speaks.contains(Protocol.PCP)) {
            return speaks.contains(Protocol.NAT_PMP) && !ignoresOtherVersions
                    ? Optional.of(PcpCodec.encode(new PcpMessage.OtherVersion(0)))
                    : Optional.empty();
        }
        var message = PcpCodec.decode(bytes).orElseThrow();
        if (message instanceof PcpMessage.AnnounceRequest) {
            return Optional.of(PcpCodec.encode(new PcpMessage.AnnounceResponse(PcpResult.SUCCESS, 0, epoch(now))));
        }
        var asked = (PcpMessage.MapRequest) message;
        var map = asked.map();
        var result = PcpResult.SUCCESS;
        long lifetime = 0;
        int port = map.external().port();
        var existing = byInternal(map.protocol() == 17 ? Transport.UDP : Transport.TCP, map.internalPort());
        if (!asked.client().toString().equals(LOCAL)) {
            result = PcpResult.ADDRESS_MISMATCH;
        } else if (existing.isPresent()
                && existing.get().by() == Protocol.PCP
                && !existing.get().nonce().equals(map.nonce())) {
            result = PcpResult.NOT_AUTHORIZED;
        } else if (asked.lifetimeSeconds() == 0) {
            existing.ifPresent(entry -> table.remove(entry.external()));
        } else if (refuses.contains(Protocol.PCP)) {
            result = PcpResult.NO_RESOURCES;
        } else {
            lifetime = lasts(Protocol.PCP, map.internalPort(), Math.min(asked.lifetimeSeconds(), 86400), now);
            port = add(
                    Protocol.PCP,
                    map.protocol() == 17 ? Transport.UDP : Transport.TCP,
                    port,
                    map.internalPort(),
                    now,
                    lifetime,
                    map.nonce(),
                    "");
        }
        return Optional.of(PcpCodec.encode(new PcpMessage.MapResponse(
                result,
                lifetime,
                epoch(now),
                new PcpMessage.Map(
                        map.nonce(), map.protocol(), map.internalPort(), new Endpoint(IpAddress.parse(external), port)),
                List.of())));
    }

    private Optional<Octets> natPmp(Octets bytes, long now) {
        if (!speaks.contains(Protocol.NAT_PMP)) {
            return speaks.contains(Protocol.PCP) && !ignoresOtherVersions
                    ? Optional.of(NatPmpCodec.encode(new NatPmpResponse.OtherVersion(2)))
                    : Optional.empty();
        }
        NatPmpResponse response = switch (NatPmpCodec.request(bytes).orElseThrow()) {
            case NatPmpRequest.ExternalAddress asked ->
                new NatPmpResponse.ExternalAddress(epoch(now), IpAddress.parse(external));
            case NatPmpRequest.Map map -> natPmp(map, now);
        };
        return Optional.of(NatPmpCodec.encode(response));
    }

    private NatPmpResponse natPmp(NatPmpRequest.Map map, long now) {
        if (map.lifetimeSeconds() == 0) {
            byInternal(map.transport(), map.internalPort()).ifPresent(entry -> table.remove(entry.external()));
            return new NatPmpResponse.Mapped(epoch(now), map.transport(), map.internalPort(), 0, 0);
        }
        if (refuses.contains(Protocol.NAT_PMP)) {
            return new NatPmpResponse.Failed(epoch(now), 1, NatPmpResult.NOT_AUTHORIZED);
        }
        long lifetime = lasts(Protocol.NAT_PMP, map.internalPort(), map.lifetimeSeconds(), now);
        int port = add(
                Protocol.NAT_PMP,
                map.transport(),
                map.suggestedPort(),
                map.internalPort(),
                now,
                lifetime,
                new PcpNonce(0, 0),
                "");
        return new NatPmpResponse.Mapped(epoch(now), map.transport(), map.internalPort(), port, lifetime);
    }

    private Optional<Entry> byInternal(Transport transport, int internal) {
        return table.values().stream()
                .filter(e -> e.client().equals(LOCAL) && e.internal() == internal && e.transport() == transport)
                .findFirst();
    }

    /** A second entry for the same port of ours is what must never be: it is not refused here, it is counted. */
    private int add(
            Protocol by,
            Transport transport,
            int wanted,
            int internal,
            long now,
            long seconds,
            PcpNonce nonce,
            String description) {
        ours(now);
        int port = wanted;
        var same = table.values().stream()
                .filter(e ->
                        e.by() == by && e.internal() == internal && e.client().equals(LOCAL))
                .findFirst();
        if (same.isPresent()) {
            port = same.get().external();
        }
        while (table.containsKey(port) && !(same.isPresent() && same.get().external() == port)) {
            port++;
        }
        long until = seconds == 0 ? Long.MAX_VALUE : now + TimeUnit.SECONDS.toNanos(seconds);
        table.put(port, new Entry(by, transport, port, LOCAL, internal, until, nonce, description));
        int entries = (int) table.values().stream()
                .filter(e -> e.internal() == internal && e.client().equals(LOCAL))
                .count();
        mostOurs = Math.max(mostOurs, entries);
        return port;
    }

    /** An HTTP request of ours; empty for no answer. */
    Optional<HttpAnswer> http(HttpRequest request, long now) {
        heard.merge(Protocol.UPNP, 1, Integer::sum);
        if (silent || !speaks.contains(Protocol.UPNP) || request.port() != HTTP_PORT) {
            return Optional.empty();
        }
        if (request.method().equals("UNSUBSCRIBE")) {
            subscriptions--;
            return Optional.of(answer(200, "", Map.of()));
        }
        if (request.method().equals("SUBSCRIBE")) {
            subscriptions += request.headers().containsKey("SID") ? 0 : 1;
            return Optional.of(answer(200, "", Map.of("SID", "uuid:s1", "TIMEOUT", "Second-1800")));
        }
        if (request.method().equals("GET")) {
            return Optional.of(answer(200, description(), Map.of()));
        }
        String action = request.headers().get("SOAPAction");
        return Optional.of(soap(action.substring(action.indexOf('#') + 1, action.length() - 1), request.body(), now));
    }

    private String description() {
        return "<?xml version=\"1.0\"?><root xmlns=\"urn:schemas-upnp-org:device-1-0\"><device><manufacturer>Acme"
                + "</manufacturer><modelName>Router</modelName><deviceList><device><serviceList><service><serviceType>"
                + "urn:schemas-upnp-org:service:WANIPConnection:" + igd + "</serviceType><controlURL>/ctl</controlURL>"
                + "<eventSubURL>/evt</eventSubURL></service></serviceList></device></deviceList></device></root>";
    }

    private HttpAnswer soap(String action, String body, long now) {
        return switch (action) {
            case "GetStatusInfo" -> done(action, "<NewConnectionStatus>Connected</NewConnectionStatus>");
            case "GetExternalIPAddress" ->
                done(action, "<NewExternalIPAddress>" + external + "</NewExternalIPAddress>");
            case "AddPortMapping", "AddAnyPortMapping" -> add(action, body, now);
            case "GetSpecificPortMappingEntry" -> {
                ours(now);
                Entry entry = table.get(number(body, "NewExternalPort"));
                long left = entry == null || entry.until() == Long.MAX_VALUE
                        ? 0
                        : Math.max(1, TimeUnit.NANOSECONDS.toSeconds(entry.until() - now));
                yield entry == null
                        ? fault(714)
                        : done(
                                action,
                                "<NewInternalPort>" + entry.internal() + "</NewInternalPort><NewInternalClient>"
                                        + entry.client() + "</NewInternalClient><NewPortMappingDescription>"
                                        + entry.description() + "</NewPortMappingDescription><NewLeaseDuration>" + left
                                        + "</NewLeaseDuration>");
            }
            case "GetGenericPortMappingEntry" -> {
                var all = table.values().stream()
                        .sorted(java.util.Comparator.comparingInt(Entry::external))
                        .toList();
                int index = number(body, "NewPortMappingIndex");
                yield index >= all.size()
                        ? fault(713)
                        : done(
                                action,
                                "<NewExternalPort>" + all.get(index).external()
                                        + "</NewExternalPort><NewProtocol>UDP</NewProtocol><NewInternalPort>"
                                        + all.get(index).internal() + "</NewInternalPort><NewInternalClient>"
                                        + all.get(index).client() + "</NewInternalClient><NewPortMappingDescription>"
                                        + all.get(index).description() + "</NewPortMappingDescription>");
            }
            case "DeletePortMapping" ->
                table.remove(number(body, "NewExternalPort")) == null ? fault(714) : done(action, "");
            default -> fault(401);
        };
    }

    private HttpAnswer add(String action, String body, long now) {
        int external = number(body, "NewExternalPort");
        int internal = number(body, "NewInternalPort");
        long seconds = number(body, "NewLeaseDuration");
        Entry there = table.get(external);
        if (refuses.contains(Protocol.UPNP)) {
            return fault(606);
        } else if (action.equals("AddAnyPortMapping") && igd == 1) {
            return fault(401);
        } else if (onlyPermanent && seconds != 0) {
            return fault(725);
        } else if (there != null && !there.client().equals(LOCAL) && igd == 1) {
            return fault(718);
        }
        permanentMade += seconds == 0 ? 1 : 0;
        int port = add(
                Protocol.UPNP,
                Transport.UDP,
                external,
                internal,
                now,
                seconds == 0 || lease == 0 ? seconds : lease,
                new PcpNonce(0, 0),
                describes.orElseGet(() -> text(body, "NewPortMappingDescription")));
        return done(action, "<NewReservedPort>" + port + "</NewReservedPort>");
    }

    /** For how long: one that is asked once more, because its answer was late, is told what it was told before. */
    private long lasts(Protocol by, int internal, long asked, long now) {
        Granted before = granted.get(by + " " + internal);
        if (before != null && now - before.at() < AGAIN) {
            return before.seconds();
        }
        long seconds = lease == 0 ? asked : lease;
        granted.put(by + " " + internal, new Granted(now, seconds));
        return seconds;
    }

    private static int number(String body, String name) {
        return Integer.parseInt(text(body, name));
    }

    private static String text(String body, String name) {
        int from = body.indexOf("<" + name + ">") + name.length() + 2;
        return body.substring(from, body.indexOf('<', from));
    }

    private static HttpAnswer done(String action, String inner) {
        return answer(
                200,
                "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><u:" + action
                        + "Response xmlns:u=\"x\">" + inner + "</u:" + action + "Response></s:Body></s:Envelope>",
                Map.of());
    }

    private static HttpAnswer fault(int code) {
        return answer(
                500,
                "<s:Envelope><s:Body><s:Fault><detail><UPnPError><errorCode>" + code
                        + "</errorCode><errorDescription>No</errorDescription></UPnPError></detail></s:Fault></s:Body>"
                        + "</s:Envelope>",
                Map.of());
    }

    private static HttpAnswer answer(int status, String body, Map<String, String> headers) {
        return new HttpAnswer(status, headers, Octets.of(body.getBytes(StandardCharsets.UTF_8)));
    }
}
