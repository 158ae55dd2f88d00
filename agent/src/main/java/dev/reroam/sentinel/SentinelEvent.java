package dev.reroam.sentinel;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.uplink.Uplink;
import java.util.List;

/** What the sentinel is told. Immutable. */
public sealed interface SentinelEvent {

    /** The uplinks that can be asked over, complete; the path of questions over them is somebody else's to confirm. */
    record UplinksSeen(List<Uplink> uplinks) implements SentinelEvent {
        public UplinksSeen {
            uplinks = List.copyOf(uplinks);
        }
    }

    /** The servers, complete, both families; one whose name has no address now is simply not in it. */
    record ServersSeen(List<Endpoint> servers) implements SentinelEvent {
        public ServersSeen {
            servers = List.copyOf(servers);
        }
    }

    /** Something happened that concerns this uplink: a change of the network, a word of its gateway. */
    record Disturbed(Uplink uplink) implements SentinelEvent {}

    /** A tunnel over this uplink may be dead. */
    record Suspected(Uplink uplink) implements SentinelEvent {}

    /** The server that was asked answered the question that was asked: address and transaction checked. */
    record Answered(long question, Endpoint mapped, long roundTripNanos) implements SentinelEvent {}

    /** Nobody will answer it any more. Need not be told: the sentinel gives up by itself. */
    record Silent(long question) implements SentinelEvent {}

    /** It could not be sent, or the server would not say. */
    record Refused(long question, String why) implements SentinelEvent {}

    /** Nothing but time: the deadline has come. */
    record TimePassed() implements SentinelEvent {}
}
