package dev.reroam;

import dev.reroam.lookout.UplinkView;
import dev.reroam.portmap.Mapping;
import dev.reroam.portmap.Presence;
import dev.reroam.portmap.UplinkMapper;
import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.recovery.DeviceFacts;
import dev.reroam.uplink.Uplink;
import dev.reroam.web.Outside;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongUnaryOperator;

/** What the outlook knows, in the words of the status. Confined to the agent's loop. */
final class OutsideReport {

    private final Outlook outlook;
    private final LongUnaryOperator wallMillis;

    /** @param wallMillis the wall clock of a moment of the brain's clock */
    OutsideReport(Outlook outlook, LongUnaryOperator wallMillis) {
        this.outlook = outlook;
        this.wallMillis = wallMillis;
    }

    Outside of(Uplink uplink) {
        UplinkView view = outlook.lookout().view(uplink);
        return new Outside(
                view.mapped().map(mapped -> mapped.address()),
                view.heardAt().isPresent()
                        ? OptionalLong.of(wallMillis.applyAsLong(view.heardAt().getAsLong()))
                        : OptionalLong.empty(),
                view.silent(),
                view.nat().word(),
                outlook.packets(uplink),
                outlook.gateway(uplink).map(this::gateway));
    }

    private Outside.Gateway gateway(UplinkMapper mapper) {
        return new Outside.Gateway(
                mapper.counts().sent() + mapper.counts().calls(),
                mapper.counts().dropped(),
                Arrays.stream(Protocol.values())
                        .flatMap(protocol ->
                                Optional.ofNullable(mapper.presence().get(protocol))
                                        .map(presence -> speaks(protocol, presence))
                                        .stream())
                        .toList(),
                mapper.mappings().stream().map(this::mapping).toList());
    }

    private static Outside.Speaks speaks(Protocol protocol, Presence presence) {
        return switch (presence) {
            case Presence.Unknown unknown -> new Outside.Speaks(protocol.word(), "unknown", Optional.empty());
            case Presence.Probing probing -> new Outside.Speaks(protocol.word(), "probing", Optional.empty());
            case Presence.There there -> new Outside.Speaks(protocol.word(), "there", Optional.empty());
            case Presence.Absent absent -> new Outside.Speaks(protocol.word(), "absent", Optional.of(absent.why()));
        };
    }

    private Outside.Mapping mapping(Mapping mapping) {
        return new Outside.Mapping(
                mapping.wanted().transport().name().toLowerCase(Locale.ROOT),
                mapping.wanted().internalPort(),
                mapping.external(),
                mapping.source().word(),
                wallMillis.applyAsLong(mapping.since()),
                wallMillis.applyAsLong(mapping.confirmedAt()),
                mapping.leaseSeconds());
    }

    /** How servers saw a device's port; where they could not be asked from it, how they saw its uplinks. */
    List<Outside.Seen> of(DeviceFacts device) {
        var seen = new ArrayList<Outside.Seen>();
        var lookout = outlook.lookout();
        for (var one : lookout.portsSeen()) {
            if (one.port().device().equals(device.name())) {
                seen.add(new Outside.Seen(
                        one.port().uplink().interfaceName(), one.mapped(), true, wallMillis.applyAsLong(one.at())));
            }
        }
        if (seen.isEmpty() && lookout.portsRefused().isPresent()) {
            for (var uplink : outlook.uplinksOf(device)) {
                var view = lookout.view(uplink);
                if (view.mapped().isPresent() && view.heardAt().isPresent()) {
                    seen.add(new Outside.Seen(
                            uplink.interfaceName(),
                            view.mapped().get(),
                            false,
                            wallMillis.applyAsLong(view.heardAt().getAsLong())));
                }
            }
        }
        return seen;
    }
}
