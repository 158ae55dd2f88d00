package dev.reroam.portmap.upnp;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.portmap.gateway.Chance;
import dev.reroam.portmap.gateway.GatewayClient;
import dev.reroam.portmap.gateway.Operation;
import dev.reroam.portmap.gateway.Stimulus;
import dev.reroam.portmap.gateway.Turn;
import dev.reroam.portmap.gateway.Wanted;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * UPnP towards one gateway. Immutable; {@link UpnpStep} has the rules.
 *
 * @param gateway the only host that is listened to and asked
 * @param local our address: mappings lead to it, and by it we recognise them as ours
 * @param subscribes whether the gateway is asked to tell its outer address (GENA)
 * @param found the service that was chosen; empty until then
 * @param work the operation under way
 * @param device where the mappings are believed to be; empty until it was found, or said of itself that it is there
 * @param unjudged what a device said of itself, unasked, while something else was under way
 * @param written what the device wrote as the description of an entry that we had just made, where it was not ours
 * @param calls numbers given to calls so far
 */
public record UpnpClient(
        IpAddress gateway,
        IpAddress local,
        boolean subscribes,
        Chance chance,
        Optional<Found> found,
        Optional<Work> work,
        Subscription subscription,
        Optional<Device> device,
        Optional<Heard> unjudged,
        Map<Wanted, String> written,
        long calls)
        implements GatewayClient {

    public UpnpClient {
        written = Map.copyOf(written);
    }

    /** At rest, nothing known. */
    public static UpnpClient of(IpAddress gateway, IpAddress local, boolean subscribes, Chance chance) {
        return new UpnpClient(
                gateway,
                local,
                subscribes,
                chance,
                Optional.empty(),
                Optional.empty(),
                new Subscription.None(0),
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                0);
    }

    /** As it is, with a device that was found before: it is looked for when it does not answer. */
    public UpnpClient knowing(Found before) {
        return new UpnpClient(
                gateway,
                local,
                subscribes,
                chance,
                Optional.of(before),
                work,
                subscription,
                Optional.of(new Device(before.device(), false)),
                unjudged,
                written,
                calls);
    }

    /** A device as it was heard of. */
    public record Heard(Link location, OptionalLong boot) {

        /** Whether this is the device after another start, as far as it says. */
        boolean startedAfter(Heard known) {
            boolean rebooted = boot.isPresent() && known.boot.isPresent() && !boot.equals(known.boot);
            return rebooted || !location.equals(known.location);
        }
    }

    /**
     * A device with its table.
     *
     * @param goodbye it has said that it goes
     */
    public record Device(Heard heard, boolean goodbye) {}

    /** The service that was chosen, and the device that it belongs to. */
    public record Found(Service service, Optional<String> model, Heard device) {}

    /** A step on the way of an operation; each has a moment at which it is given up or repeated. */
    public sealed interface Work {

        /** What it is for. */
        Operation operation();

        /** Monotonic nanoseconds. */
        long dueAt();

        /** Nobody has answered yet. */
        record Searching(Operation operation, int sendings, long dueAt) implements Work {}

        /**
         * A description is being fetched.
         *
         * @param others devices to try after this one
         */
        record Describing(
                Operation operation, Heard device, Link link, int redirects, List<Heard> others, long call, long dueAt)
                implements Work {}

        /**
         * The services are being asked, one after the other.
         *
         * @param services the first is being asked
         * @param connected what it said of its connection; empty until it did
         * @param best the best so far
         */
        record Choosing(
                Operation operation,
                Heard device,
                Optional<String> model,
                List<Service> services,
                Optional<Boolean> connected,
                Optional<Candidate> best,
                List<Heard> others,
                long call,
                long dueAt)
                implements Work {}

        /**
         * The service does what was asked for.
         *
         * @param fresh the service was found for this very operation: failing, it is not looked for again
         * @param external the outer address, once asked
         * @param port the external port that is tried
         * @param tries how many external ports were tried
         * @param plain AddAnyPortMapping is not there after all
         */
        record Doing(
                Operation operation,
                boolean fresh,
                Action action,
                Optional<IpAddress> external,
                int port,
                int tries,
                boolean plain,
                long call,
                long dueAt)
                implements Work {}
    }

    /** A service that could do. */
    public record Candidate(Service service, IpAddress external, int rank) {}

    /** The actions of an operation. */
    public enum Action {
        ADDRESS,
        ADD,
        VERIFY,
        CHECK,
        FIND,
        TAKE_BACK,
        DELETE
    }

    /** The subscription to the outer address (GENA, UDA section 4). */
    public sealed interface Subscription {

        /**
         * None.
         *
         * @param notBefore when it may be tried (again)
         */
        record None(long notBefore) implements Subscription {}

        /** Being asked for, or renewed. */
        record Asking(long call, long dueAt) implements Subscription {}

        /** Being given up, since we go. */
        record Leaving(long call, long dueAt) implements Subscription {}

        /** There. */
        record Held(String id, long renewAt) implements Subscription {}
    }

    @Override
    public Turn step(Stimulus stimulus, long now) {
        return new UpnpStep(this, now).run(stimulus);
    }

    /** Whether the device has said that it goes, and not that it is there again. */
    public boolean saidGoodbye() {
        return device.filter(Device::goodbye).isPresent();
    }

    /** Whether the gateway is still to hear that we go. */
    public boolean leaving() {
        return subscription instanceof Subscription.Leaving;
    }

    @Override
    public boolean busy() {
        return work.isPresent();
    }

    @Override
    public long dueAt() {
        long subscriptionDue = switch (subscription) {
            // Tried with the next mapping, not by itself.
            case Subscription.None none -> NEVER;
            case Subscription.Asking asking -> asking.dueAt();
            case Subscription.Leaving leaving -> leaving.dueAt();
            case Subscription.Held held -> held.renewAt();
        };
        return Math.min(subscriptionDue, work.map(Work::dueAt).orElse(NEVER));
    }
}
