package dev.reroam.tunnel.wireguard.see;

import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.DescriptorLoop;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.route.Link;
import dev.reroam.loop.Alarm;
import dev.reroam.recovery.Observation;
import dev.reroam.tunnel.wireguard.KernelDevices;
import dev.reroam.tunnel.wireguard.UapiClients;
import dev.reroam.tunnel.wireguard.UapiOwner;
import io.netty.channel.EventLoop;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds WireGuard devices, follows them as they come and go, and tells the brain what it reads: {@link Observation.DeviceSeen}
 * with differences only (after each reading, also when there are none), {@link Observation.DeviceGone}. A device is gone
 * when the kernel or its socket says so; a reading that merely failed is made again. Confined to the agent loop. Nothing is
 * polled: it reads when asked to, when a link or a socket appears, and a few times after that.
 */
public final class DeviceWatch implements AutoCloseable {

    /** Where userspace daemons keep their sockets: wireguard-go and boringtun, amneziawg-go. */
    public static final List<Path> SOCKET_FOLDERS =
            List.of(Path.of("/var/run/wireguard"), Path.of("/var/run/amneziawg"));

    // Ours: a TUN comes up some milliseconds before its daemon listens; after 3.4 s there is none. inotify tells of
    // later
    // ones.
    private static final long[] LOOK_AGAIN_MILLIS = {10, 40, 160, 640, 2560};

    // rtnetlink's kind of interfaces made with /dev/net/tun, as every userspace WireGuard does
    private static final String TUN = "tun";
    private static final String WIREGUARD = "wireguard";

    private final Outside outside;
    private final SocketFolders folders;
    private final Map<String, Link> links = new HashMap<>();
    private final Map<String, Search> searches = new HashMap<>();
    private final Map<String, WatchedDevice> devices = new LinkedHashMap<>();
    private final PortFiles files;
    private final InnerSampling sampling;
    private final WatchedDevice.Watcher watcher = new WatchedDevice.Watcher() {
        @Override
        public boolean follows(WatchedDevice device) {
            return DeviceWatch.this.follows(device);
        }

        @Override
        public Optional<PortEvidence> evidence() {
            return evidence;
        }

        @Override
        public void onMalformed() {
            malformed++;
        }
    };
    private Optional<PortEvidence> evidence = Optional.empty();
    private boolean readingFiles;
    private long malformed;
    private boolean closed;

    /**
     * What the watch works with.
     *
     * @param slowLane reads files
     * @param clock its monotonic time must be the brain's
     * @param uapi shared with {@code act}, as is {@code kernel}
     * @param socketFolders usually {@link #SOCKET_FOLDERS}
     * @param fileRoot where the box's configuration files are looked for, usually {@code /}
     * @param settings what is configured for a device
     * @param inner usually {@link InnerTraffic#of}
     * @param listener gets the observations, on the loop
     */
    public record Outside(
            DescriptorLoop descriptors,
            EventLoop loop,
            Executor slowLane,
            Clock clock,
            UapiClients uapi,
            KernelDevices kernel,
            List<Path> socketFolders,
            Path fileRoot,
            Function<String, DeviceSettings> settings,
            InnerTraffic inner,
            Consumer<Observation> listener) {}

    /** Sees nothing before {@link #start}. */
    public DeviceWatch(Outside outside) {
        this.outside = outside;
        this.folders = new SocketFolders(outside.socketFolders, this::lookAround);
        this.files = new PortFiles(outside.fileRoot);
        this.sampling = new InnerSampling(outside.loop, outside.clock, outside.inner);
    }

    /**
     * Begins to follow the socket folders.
     *
     * @throws LinuxException when the kernel grants no inotify; all else works, and sockets are found when links change
     */
    public void start() throws LinuxException {
        readFiles();
        folders.start(outside.descriptors);
    }

    /**
     * The network interfaces as they are now, all of them; called after each change of the network. A device whose own interface
     * changed is read again: that is when it is set up.
     */
    public void onLinks(Collection<Link> now) {
        var before = Map.copyOf(links);
        links.clear();
        now.forEach(link -> links.put(link.name(), link));
        if (links.equals(before)) {
            return;
        }
        searches.entrySet().removeIf(search -> search.getValue().isOver(links.get(search.getKey())));
        var known = List.copyOf(devices.values());
        lookAround();
        for (var watched : known) {
            var link = links.get(watched.link().name());
            if (follows(watched) && link != null && !link.equals(before.get(link.name()))) {
                watched.read();
            }
        }
        for (var link : now) {
            if (isCandidate(link)) {
                searches.computeIfAbsent(link.name(), name -> new Search(link));
            }
        }
    }

    /** Reads one device; unknown ones are passed over. */
    public void read(String device) {
        var watched = devices.get(device);
        if (watched != null) {
            watched.read();
        }
    }

    /** Reads all devices, and whether their ports may be given up. */
    public void readAll() {
        readFiles();
        List.copyOf(devices.values()).forEach(WatchedDevice::read);
    }

    /** Whether a device's port may be given up, and why; empty for a device that was not read. */
    public Optional<PortVerdict> port(String device) {
        return Optional.ofNullable(devices.get(device))
                .flatMap(watched -> watched.teller().port());
    }

    /** Whose daemon is behind a userspace device: its user counts in path look-ups; empty for others. */
    public Optional<UapiOwner> owner(String device) {
        return outside.uapi.of(device).flatMap(client -> client.owner());
    }

    /**
     * Why a device cannot be read, or is only watched.
     *
     * @param since monotonic nanoseconds
     */
    public record Note(String why, long since) {}

    /** Why devices that are there cannot be read, and why others are only watched, by device. */
    public Map<String, Note> notes() {
        var notes = new TreeMap<String, Note>();
        devices.values().forEach(watched -> {
            if (!watched.note().why().isEmpty()) {
                notes.put(watched.link().name(), watched.note());
            }
        });
        return notes;
    }

    /** How many answers of the kernel and of daemons could not be understood since the start. */
    public long malformed() {
        return malformed;
    }

    /** Interfaces that are WireGuard's, or may be, and are configured to be left alone; sorted. */
    public List<String> disabled() {
        return links.values().stream()
                .filter(link -> mayBeWireGuard(link) && !isEnabled(link))
                .map(Link::name)
                .sorted()
                .toList();
    }

    /** Stops. No observation follows. */
    @Override
    public void close() {
        closed = true;
        folders.close();
        devices.values().forEach(WatchedDevice::close);
        devices.clear();
        searches.values().forEach(search -> search.alarm.cancel());
    }

    /** Begins to watch what is new and lets go of what is gone. */
    private void lookAround() {
        for (var watched : List.copyOf(devices.values())) {
            var link = links.get(watched.link().name());
            if (link == null || link.index() != watched.link().index()) {
                drop(watched, link == null ? "the interface is gone" : "the interface was made anew");
            } else if (watched.socket().isPresent()
                    && !folders.socket(link.name()).equals(watched.socket())) {
                drop(watched, "its daemon's socket is gone");
            }
        }
        for (var link : List.copyOf(links.values())) {
            if (!devices.containsKey(link.name()) && isCandidate(link)) {
                source(link).ifPresent(watched -> {
                    devices.put(link.name(), watched);
                    watched.read();
                });
            }
        }
    }

    private boolean isCandidate(Link link) {
        return mayBeWireGuard(link) && isEnabled(link);
    }

    private static boolean mayBeWireGuard(Link link) {
        return link.kind().equals(TUN) || link.kind().equals(WIREGUARD);
    }

    private boolean isEnabled(Link link) {
        return outside.settings.apply(link.name()).enabled();
    }

    private boolean follows(WatchedDevice watched) {
        return !closed && devices.get(watched.link().name()) == watched;
    }

    private Optional<WatchedDevice> source(Link link) {
        if (link.kind().equals(WIREGUARD)) {
            return Optional.of(watched(link, new KernelSource(outside.kernel, link.index()), Optional.empty()));
        }
        return folders.socket(link.name())
                .map(socket ->
                        watched(link, new UserspaceSource(outside.uapi, link, socket.toString()), Optional.of(socket)));
    }

    private WatchedDevice watched(Link link, DeviceSource source, Optional<Path> socket) {
        return new WatchedDevice(outside, watcher, sampling, link, source, socket);
    }

    private void drop(WatchedDevice watched, String why) {
        devices.remove(watched.link().name());
        watched.close();
        watched.teller().gone(why).ifPresent(outside.listener);
    }

    private void readFiles() {
        if (readingFiles) {
            return;
        }
        readingFiles = true;
        try {
            outside.slowLane.execute(() -> {
                var read = files.read();
                outside.loop.execute(() -> onFiles(read));
            });
        } catch (RejectedExecutionException e) {
            // Why it is safe: what was read before stands, or nothing and every port is fixed; the next wish asks
            // again.
            readingFiles = false;
        }
    }

    private void onFiles(PortEvidence read) {
        readingFiles = false;
        if (closed || Optional.of(read).equals(evidence)) {
            return;
        }
        evidence = Optional.of(read);
        new ArrayList<>(devices.values())
                .forEach(watched -> watched.teller().onEvidence(evidence).ifPresent(outside.listener));
    }

    /**
     * Looks for the daemon of a TUN, for its answer, and for the peers that a device is given after it was made, a bounded few
     * times.
     */
    private final class Search {
        private final Link link;
        private final Alarm alarm;
        private int times;

        Search(Link link) {
            this.link = link;
            this.alarm = new Alarm(outside.loop, outside.clock, this::look);
            arm();
        }

        /** Whether the interface is gone, or is another one; then it ends. */
        boolean isOver(@Nullable Link now) {
            boolean over = now == null || now.index() != link.index();
            if (over) {
                alarm.cancel();
            }
            return over;
        }

        private void look() {
            var watched = devices.get(link.name());
            if (watched == null) {
                lookAround();
            } else if (!watched.isBeingRead() && !watched.teller().hasPeers()) {
                watched.read();
            }
            arm();
        }

        private void arm() {
            var watched = devices.get(link.name());
            boolean found = watched != null && watched.teller().hasPeers();
            if (!closed && !found && times < LOOK_AGAIN_MILLIS.length) {
                alarm.setWithin(LOOK_AGAIN_MILLIS[times++] * 1_000_000);
            }
        }
    }
}
