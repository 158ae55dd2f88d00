package dev.reroam.network;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.DescriptorLoop;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.netlink.NetlinkException;
import dev.reroam.linux.route.Address;
import dev.reroam.linux.route.Link;
import dev.reroam.linux.route.PathQuestion;
import dev.reroam.linux.route.Route;
import dev.reroam.linux.route.RouteEvent;
import dev.reroam.linux.route.RouteEventConsumer;
import dev.reroam.linux.route.RouteSocket;
import dev.reroam.linux.route.RouteWatch;
import dev.reroam.linux.route.Rule;
import dev.reroam.loop.Alarm;
import dev.reroam.recovery.HostRoute;
import dev.reroam.recovery.Observation.PathAnswer;
import dev.reroam.recovery.Observation.PathsSeen;
import dev.reroam.recovery.Path;
import dev.reroam.recovery.TunnelId;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.tinylog.Logger;

/**
 * Hears the kernel, keeps the picture, and asks every tunnel's path anew when something moved: at once on the first sign, then
 * at most once per 20 ms. Confined to the agent's loop.
 */
public final class NetworkMonitor implements RouteEventConsumer, AutoCloseable {

    /** Is told on the loop. */
    public interface Listener {
        /** Signs, and the paths that differ from what was last told. */
        void onPaths(PathsSeen paths);

        /** The picture is another one. */
        void onChange(NetworkChange change);
    }

    // Design, idea 1: one sweep per 20 ms.
    private static final long SWEEP_SPACING_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    // Ours: a second, as for the routes; a newer kernel may announce what we cannot read all the time.
    private static final long READ_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int MAX_SIGNS = 32;
    private static final int LOOPBACK_INDEX = 1;
    private static final Endpoint OURSELVES = Endpoint.parse("127.0.0.1:9");

    private final Clock clock;
    private final Listener listener;
    private final RouteSocket kernel;
    private final RouteWatch watch;
    private final TunnelPaths paths;
    private final Alarm nextSweep;
    private final Alarm nextReading;
    private final RouteReadings readings;

    private NetworkState state = NetworkState.EMPTY;
    // What the listener knows; it is told when the ways are asked, for nobody waits for it.
    private NetworkState shown = NetworkState.EMPTY;
    private Bearing bearing = Bearing.NONE;
    private Set<Integer> toldDead = Set.of();

    private final List<String> signs = new ArrayList<>();
    private final Set<Integer> disturbed = new TreeSet<>();
    private final KnownWays ways = new KnownWays();
    private boolean moved;
    private boolean lost;
    private long rulesEdition;
    private long lastSweep;

    // A newer kernel's object may be announced a thousand times.
    private final Troubles unreadable =
            new Troubles(why -> Logger.warn("an announcement of the kernel could not be read: {}", why));
    private final Troubles unread =
            new Troubles(why -> Logger.warn("links and addresses could not be read again: {}", why));
    private final Troubles unlocked =
            new Troubles(why -> Logger.warn("the kernel's lock could not be awaited: {}", why));
    private boolean closed;

    private NetworkMonitor(EventLoop loop, Clock clock, Listener listener) throws LinuxException {
        this.clock = clock;
        this.listener = listener;
        this.lastSweep = clock.monotonicNanos() - SWEEP_SPACING_NANOS;
        this.kernel = RouteSocket.open().leavingOut(this::unreadable);
        var oracle = new PathOracle(
                kernel, index -> state.link(index).map(Link::name).orElse("#" + index));
        this.paths = new TunnelPaths(loop, clock, oracle, this::tell);
        this.nextSweep = new Alarm(loop, clock, this::sweep);
        this.nextReading = new Alarm(loop, clock, this::readAgain);
        this.readings = new RouteReadings(loop, clock, () -> bearing::keeps, this::unreadable, this::onRoutes);
        this.watch = RouteWatch.open(this);
    }

    /**
     * Opens the sockets in the calling thread's network namespace; nothing is told before {@link #start}.
     *
     * @throws LinuxException when the kernel refuses a socket
     */
    public static NetworkMonitor open(EventLoop loop, Clock clock, Listener listener) throws LinuxException {
        return new NetworkMonitor(loop, clock, listener);
    }

    /**
     * Takes the first picture and starts to listen. On the loop.
     *
     * @throws LinuxException when the kernel refuses a dump
     */
    public void start(DescriptorLoop descriptors) throws LinuxException, MalformedMessageException {
        readLinksAndAddresses();
        show();
        watch.listen(descriptors);
        readings.readSoon();
    }

    /** The picture now. */
    public NetworkState state() {
        return state;
    }

    /** Complete once the picture has its routes, or the kernel refused them; on the loop. Never, where it is closed before. */
    public CompletionStage<Void> routesRead() {
        return readings.first();
    }

    /** Announcements, and objects in dumps, that could not be read since the start. */
    public long unreadable() {
        return unreadable.count();
    }

    /** Another number after each change of the rules, also of one that may have gone by unheard. */
    public long rulesEdition() {
        return rulesEdition;
    }

    /** How many questions for a way the kernel did not answer, since the start. */
    public long unanswered() {
        return paths.unanswered();
    }

    /**
     * Follows these tunnels from now on, asked in this order: the active ones first. New ones, and those whose question
     * changed, are asked and told at once.
     */
    public void follow(Map<TunnelId, PathQuestion> tunnels) {
        if (!paths.follow(tunnels)) {
            return;
        }
        var addresses = tunnels.values().stream().map(PathQuestion::destination).toList();
        if (!bearing.isOn(addresses)) {
            bearing = Bearing.on(addresses);
            readings.readSoon();
        }
        // Where a sweep is under way it would lose its place; it begins anew instead.
        if (paths.isUnderWay()) {
            sweep();
        } else {
            paths.askUntold();
        }
    }

    /** Asks the kernel for the way to ourselves, so many times: for nothing but having done it before. */
    public void rehearse(int times) {
        var question = PathQuestion.udp(OURSELVES, 0, 0, 0);
        for (int i = 0; i < times; i++) {
            paths.answer(question);
        }
        waitForKernel();
    }

    /** The kernel's answer to a question of somebody else's; empty where it refused the question itself. */
    public Optional<Path> way(PathQuestion question) {
        return Optional.ofNullable(paths.answer(question));
    }

    /** The host route that a tunnel's packets take; empty where they take another one, and where the kernel does not say. */
    public Optional<HostRoute> hostRoute(TunnelId tunnel) {
        return paths.hostRoute(tunnel);
    }

    /** Asks every path again, now. */
    public void askAgain() {
        sweep();
    }

    @Override
    public void onEvent(RouteEvent event) {
        switch (event) {
            case RouteEvent.Lost(var reason) -> {
                lost = true;
                moved = true;
                rulesEdition++;
                sign("kernel announcements lost (" + reason + ")");
            }
            case RouteEvent.Unreadable(var reason) -> {
                // What has changed is not known, so what there is is read, as after a loss.
                rulesEdition++;
                moved = true;
                unreadable(reason);
                nextReading.setWithin(READ_AGAIN_NANOS);
            }
            case RouteEvent.Changed(var object, var replaces) -> take(event, object instanceof Rule);
            case RouteEvent.Removed(var object) -> take(event, object instanceof Rule);
        }
    }

    private void unreadable(MalformedMessageException reason) {
        unreadable.add(String.valueOf(reason.getMessage()));
    }

    private void take(RouteEvent event, boolean rule) {
        // Of a full table that comes or goes, nearly all ends here.
        if (!bearing.mayMove(event)) {
            return;
        }
        readings.heard(event);
        var after = state.after(event, bearing::keeps);
        boolean link = event instanceof RouteEvent.Changed(Link l, boolean r);
        // Counters and the like are announced as link changes too; they move nothing.
        if (after.equals(state) && link) {
            return;
        }
        moved = true;
        if (rule) {
            rulesEdition++;
            sign(event instanceof RouteEvent.Removed ? "a routing rule gone" : "a routing rule new");
        }
        become(after);
    }

    private void become(NetworkState after) {
        if (after.equals(state)) {
            return;
        }
        var change = NetworkChange.between(state, after);
        state = after;
        disturbed.addAll(ways.among(change.disturbed()));
        change.signs().forEach(this::sign);
        // IPv4 does not announce the routes that went with a link or an address (kernel.md, Events).
        if (!change.linksLost().isEmpty() || !change.addressesLost().isEmpty()) {
            readings.readSoon();
        }
    }

    private void show() {
        if (!state.equals(shown)) {
            var change = NetworkChange.between(shown, state);
            shown = state;
            ways.see(state.routes());
            ways.keepOnly(state.links().keySet());
            listener.onChange(change);
        }
    }

    private void sign(String text) {
        if (signs.size() < MAX_SIGNS && !signs.contains(text)) {
            signs.add(text);
        }
    }

    @Override
    public void onBatchEnd() {
        if (lost) {
            lost = false;
            rereadAll();
        }
        if (moved) {
            moved = false;
            sweepSoon();
        }
        show();
    }

    private void rereadAll() {
        try {
            readLinksAndAddresses();
        } catch (NetlinkException | MalformedMessageException e) {
            unread.add(String.valueOf(e.getMessage()));
            nextReading.setWithin(READ_AGAIN_NANOS);
        }
        readings.readSoon();
    }

    private void readAgain() {
        if (!closed) {
            rereadAll();
            sweepSoon();
            show();
        }
    }

    private void readLinksAndAddresses() throws NetlinkException, MalformedMessageException {
        var links = kernel.links().stream()
                .map(Link::withoutTraffic)
                .collect(Collectors.toMap(Link::index, link -> link, (a, b) -> b));
        become(new NetworkState(links, new HashSet<Address>(kernel.addresses()), state.routes()));
    }

    private void sweepSoon() {
        if (nextSweep.isSet()) {
            return;
        }
        long due = lastSweep + SWEEP_SPACING_NANOS;
        if (due - clock.monotonicNanos() <= 0) {
            sweep();
        } else {
            nextSweep.setAt(due);
        }
    }

    private void sweep() {
        if (closed) {
            return;
        }
        nextSweep.cancel();
        waitForKernel();
        paths.askAll();
        lastSweep = clock.monotonicNanos();
    }

    /**
     * The kernel announces some changes before it has made them: a link that goes down before its routes go, a route before
     * it is unlinked. It makes them under its configuration lock, and reading a link takes the same lock: when the answer
     * is here, the change is made.
     */
    private void waitForKernel() {
        try {
            kernel.link(LOOPBACK_INDEX);
        } catch (NetlinkException | MalformedMessageException e) {
            unlocked.add(String.valueOf(e.getMessage()));
        }
    }

    private void tell(List<PathAnswer> answers) {
        answers.forEach(answer -> ways.see(answer.path()));
        var dead = state.links().values().stream()
                .filter(link -> !link.isRunning() && !link.isLoopback())
                .map(Link::index)
                .collect(Collectors.toSet());
        if (answers.isEmpty() && signs.isEmpty() && disturbed.isEmpty() && dead.equals(toldDead)) {
            return;
        }
        toldDead = dead;
        var seen = new PathsSeen(signs, disturbed, dead, answers);
        signs.clear();
        disturbed.clear();
        listener.onPaths(seen);
    }

    private void onRoutes(Set<Route> routes, List<RouteEvent> meanwhile) {
        become(state.withRoutes(routes, meanwhile, bearing::keeps));
        sweepSoon();
        show();
    }

    /** Closes the sockets; idempotent. */
    @Override
    public void close() {
        closed = true;
        nextSweep.close();
        nextReading.close();
        paths.close();
        watch.close();
        kernel.close();
        readings.close();
    }
}
