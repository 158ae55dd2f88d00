package dev.reroam.tunnel.wireguard.see;

import dev.reroam.linux.route.Link;
import dev.reroam.recovery.Observation;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tinylog.Logger;

/** A device that is followed: where it is read from, and what was told of it. Confined to the agent loop. */
final class WatchedDevice {

    /** Who follows it. */
    interface Watcher {

        /** Whether it still does: what is read of another device is not told. */
        boolean follows(WatchedDevice device);

        /** What the box's files say of ports; empty while they were not read. */
        Optional<PortEvidence> evidence();

        /** An answer could not be understood. */
        void onMalformed();
    }

    private final DeviceWatch.Outside outside;
    private final Watcher watcher;
    private final Link link;
    private final DeviceSource source;
    private final Optional<Path> socket;
    private final DeviceTeller teller;
    private final ReadAgain readAgain;
    private final InnerSampling.OfDevice inner;
    private DeviceWatch.Note note = new DeviceWatch.Note("", 0);
    private boolean reading;
    private boolean again;
    private boolean toldMalformed;

    /**
     * @param source closed in the end
     * @param socket its daemon's; empty for a device of the kernel's
     */
    WatchedDevice(
            DeviceWatch.Outside outside,
            Watcher watcher,
            InnerSampling sampling,
            Link link,
            DeviceSource source,
            Optional<Path> socket) {
        this.outside = outside;
        this.watcher = watcher;
        this.link = link;
        this.source = source;
        this.socket = socket;
        this.teller = new DeviceTeller(link.name(), outside.settings().apply(link.name()));
        this.readAgain = new ReadAgain(outside.loop(), outside.clock(), this::read);
        // Read again, and not told at once: the brain takes each telling for a reading of the counters.
        this.inner = sampling.of(link, teller, this::read);
    }

    Link link() {
        return link;
    }

    Optional<Path> socket() {
        return socket;
    }

    /** What was told of it. */
    DeviceTeller teller() {
        return teller;
    }

    /** Why it cannot be read, or is only watched; without words where neither is so. */
    DeviceWatch.Note note() {
        return note;
    }

    boolean isBeingRead() {
        return reading;
    }

    void close() {
        readAgain.cancel();
        inner.close();
        source.close();
    }

    /** Reads; while that lasts, further wishes are one. */
    void read() {
        if (reading) {
            again = true;
            return;
        }
        reading = true;
        long askedAt = outside.clock().monotonicNanos();
        source.read(reading -> onReading(reading, askedAt));
    }

    private void onReading(DeviceReading told, long askedAt) {
        reading = false;
        if (!watcher.follows(this)) {
            return;
        }
        for (var observation : observations(told, askedAt)) {
            outside.listener().accept(observation);
        }
        if (again && watcher.follows(this)) {
            again = false;
            read();
        }
    }

    private void note(String why) {
        if (!why.equals(note.why())) {
            note = new DeviceWatch.Note(why, outside.clock().monotonicNanos());
        }
    }

    private List<Observation> observations(DeviceReading reading, long askedAt) {
        switch (reading) {
            case DeviceReading.Told told -> {
                readAgain.cancel();
                note(told.note());
                long toldAt = outside.clock().monotonicNanos();
                var moment = new Moment(askedAt, toldAt, outside.clock().realtimeNanos());
                var observations = teller.onDump(told.device(), told.kind(), moment, watcher.evidence());
                inner.onReading();
                return observations;
            }
            case DeviceReading.NoDevice none -> {
                readAgain.cancel();
                note("");
                return teller.gone(none.why()).stream().toList();
            }
            case DeviceReading.Unreadable unreadable -> {
                readAgain.cancel();
                note(unreadable.why());
                return teller.gone("cannot be read: " + unreadable.why()).stream()
                        .toList();
            }
            case DeviceReading.Failed failed -> {
                note(failed.why());
                if (failed.malformed()) {
                    onMalformed(failed.why());
                }
                readAgain.afterFailure();
                return List.of();
            }
        }
    }

    private void onMalformed(String why) {
        watcher.onMalformed();
        if (!toldMalformed) {
            // Logged once: what a newer version says may not be understood a thousand times.
            toldMalformed = true;
            Logger.warn("{} could not be read: {}", link.name(), why);
        }
    }
}
