package dev.reroam.tunnel.wireguard.see;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpPrefix;
import dev.reroam.linux.wireguard.WireGuardDevice;
import dev.reroam.linux.wireguard.WireGuardKey;
import dev.reroam.recovery.DeviceFacts;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.Observation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns the dumps of one device into what is news to the brain. Confined to the agent loop. */
final class DeviceTeller implements InnerSampling.Wanting {

    private final String name;
    private final DeviceSettings settings;

    // What the brain knows; null while it knows of no such device.
    private @Nullable DeviceFacts told;
    // The dump that it was made of, null likewise.
    private @Nullable WireGuardDevice device;
    private PeerBook book;
    // Null before the first dump.
    private @Nullable PortVerdict port;

    DeviceTeller(String name, DeviceSettings settings) {
        this.name = name;
        this.settings = settings;
        this.book = new PeerBook(settings.probes());
    }

    /** Whether the brain knows of the device and of peers of it. */
    boolean hasPeers() {
        return device != null && !device.peers().isEmpty();
    }

    /** The verdict on its port. */
    Optional<PortVerdict> port() {
        return Optional.ofNullable(port);
    }

    /** A dump was read: one observation, or two where the name now stands for another device. */
    @SuppressWarnings("ReferenceEquality") // an unchanged device is the same object, see DeviceAssembly
    List<Observation> onDump(WireGuardDevice dump, DeviceKind kind, Moment moment, Optional<PortEvidence> evidence) {
        var observations = new ArrayList<Observation>(1);
        var known = told;
        String publicKey = dump.publicKey().map(WireGuardKey::base64).orElse("");
        if (known != null
                && (known.interfaceIndex() != dump.interfaceIndex()
                        || !known.publicKey().equals(publicKey))) {
            gone("it is another device now").ifPresent(observations::add);
        }
        // The rule reads every peer: only when something changed.
        boolean judge = device != dump || port == null || (known != null && known.kind() != kind);
        var verdict = judge || port == null ? PortVerdict.of(dump, kind, settings, evidence) : port;
        port = verdict;
        var facts = new DeviceFacts(
                name,
                dump.interfaceIndex(),
                kind,
                publicKey,
                dump.listenPort(),
                dump.mark(),
                verdict.use(),
                settings.restartable());
        var news = book.onDump(dump, moment);
        device = dump;
        told = facts;
        observations.add(new Observation.DeviceSeen(facts, news.changed(), news.removed()));
        return observations;
    }

    @Override
    public List<IpPrefix> wanted() {
        return book.inner().wanted();
    }

    @Override
    public boolean heard(IpAddress source) {
        return book.inner().heard(source);
    }

    /** The files were read: news only where that changes the verdict. */
    Optional<Observation> onEvidence(Optional<PortEvidence> evidence) {
        var known = told;
        var dump = device;
        if (known == null || dump == null) {
            return Optional.empty();
        }
        var verdict = PortVerdict.of(dump, known.kind(), settings, evidence);
        port = verdict;
        if (verdict.use() == known.portUse()) {
            return Optional.empty();
        }
        var facts = new DeviceFacts(
                name,
                known.interfaceIndex(),
                known.kind(),
                known.publicKey(),
                known.listenPort(),
                known.mark(),
                verdict.use(),
                settings.restartable());
        told = facts;
        return Optional.of(new Observation.DeviceSeen(facts, List.of(), List.of()));
    }

    /** The device is no more, or cannot be read; news only where the brain knew of it. */
    Optional<Observation> gone(String why) {
        if (told == null) {
            return Optional.empty();
        }
        told = null;
        device = null;
        port = null;
        book = new PeerBook(settings.probes());
        return Optional.of(new Observation.DeviceGone(name, why));
    }
}
