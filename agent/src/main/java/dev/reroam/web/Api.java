package dev.reroam.web;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** What the agent answers over the control socket. Called on the agent loop only; every method returns at once. */
public interface Api {

    /** The state of everything, now. */
    StatusReport status();

    /** All incidents that are kept, the newest first. */
    List<IncidentSummary> incidents();

    /** One incident with its timeline; empty when it is not kept, or never was. */
    Optional<IncidentReport> incident(long id);

    /** Why each tunnel goes the way it goes, and what holds for its device. */
    Explanations explain(TunnelSelector tunnels);

    /** Begins to recover tunnels that may be well as far as the agent knows. */
    Recovering recover(TunnelSelector tunnels);

    /** Begins to look at every uplink: takes some seconds, and one at a time. */
    Netchecking netcheck();

    /** Tells {@code listener}, on the loop, whatever happens from now until the subscription is cancelled. */
    Subscription subscribe(Consumer<AgentEvent> listener);

    /** A listener's place; cancelling twice does nothing. */
    interface Subscription {
        /** Nothing is told after this returned. */
        void cancel();
    }

    /** Devices and tunnels, each in the order of their names. */
    record Explanations(List<DeviceExplanation> devices, List<Explanation> tunnels) {
        public Explanations {
            devices = List.copyOf(devices);
            tunnels = List.copyOf(tunnels);
        }

        /** Whether nothing of what was meant is there. */
        boolean isEmpty() {
            return devices.isEmpty() && tunnels.isEmpty();
        }
    }

    /**
     * One line for one device.
     *
     * @param why whether its port is fixed or free and what decided that, why it cannot be read, or that it is left alone
     */
    record DeviceExplanation(String device, String why) {}

    /**
     * One line for one tunnel.
     *
     * @param asked what the kernel was asked: {@code the way to 198.51.100.7:51820, udp from port 51820, mark 0x0, user 0}
     * @param answered the kernel's answer: {@code wan0 via 192.0.2.1 from 192.0.2.7}
     * @param rule what decided, the policy rule or the agent's own reason
     * @param proof what last proved that the tunnel carries; empty when nothing did
     * @param proofAgeMillis how long ago that was
     */
    record Explanation(
            String tunnel,
            String asked,
            String answered,
            String rule,
            Optional<String> proof,
            OptionalLong proofAgeMillis) {}

    /** The answer to a wish for a look at the uplinks. */
    sealed interface Netchecking {
        /**
         * It has begun.
         *
         * @param report completed on the loop, with the report as JSON
         */
        record Begun(CompletionStage<String> report) implements Netchecking {}

        /** One is under way already. */
        record Busy() implements Netchecking {}
    }

    /** The answer to a wish for recovery. */
    sealed interface Recovering {
        /** It has begun, for these; for none where all that are meant are asleep. */
        record Started(List<String> tunnels) implements Recovering {
            public Started {
                tunnels = List.copyOf(tunnels);
            }
        }

        /** There is no such tunnel. */
        record NoSuchTunnel() implements Recovering {}

        /** It cannot be done: {@code mode = "observe"}, or it is not clear which tunnel is meant. */
        record Refused(String why) implements Recovering {}
    }
}
