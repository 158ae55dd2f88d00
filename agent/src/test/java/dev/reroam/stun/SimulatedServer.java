package dev.reroam.stun;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.stun.StunAttribute.ChangeRequest;
import dev.reroam.stun.StunAttribute.ErrorCode;
import dev.reroam.stun.StunAttribute.OtherAddress;
import dev.reroam.stun.StunAttribute.ResponseOrigin;
import dev.reroam.stun.StunAttribute.ResponsePort;
import dev.reroam.stun.StunAttribute.UnknownAttributes;
import dev.reroam.stun.StunAttribute.XorMappedAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A STUN server of one of the kinds that there are. */
final class SimulatedServer {

    enum Kind {
        /** Two addresses, as RFC 5780 has it. */
        TWO_ADDRESSES,
        /** One address; refuses what it does not understand. */
        ORDINARY,
        /** Names a second address that nobody can reach. */
        BOASTFUL,
        /** Two addresses, but answers from the asked one whatever was asked for. */
        UNMOVED,
        /** Two addresses, but answers to where the request came from whatever was asked for. */
        IGNORES_RESPONSE_PORT,
        SILENT
    }

    /** What it sends back. */
    record Reply(Endpoint from, Endpoint to, StunMessage message) {}

    private final Kind kind;
    private final Endpoint primary;
    private final Endpoint other;

    SimulatedServer(Kind kind, Endpoint primary, Endpoint other) {
        this.kind = kind;
        this.primary = primary;
        this.other = other;
    }

    Endpoint primary() {
        return primary;
    }

    boolean listensAt(Endpoint at) {
        boolean main = at.equals(primary);
        boolean all = (at.address().equals(primary.address()) || at.address().equals(other.address()))
                && (at.port() == primary.port() || at.port() == other.port());
        return switch (kind) {
            case TWO_ADDRESSES, UNMOVED, IGNORES_RESPONSE_PORT -> all;
            case ORDINARY, BOASTFUL -> main;
            case SILENT -> false;
        };
    }

    Optional<Reply> answer(Endpoint at, Endpoint from, StunMessage request) {
        Optional<ChangeRequest> change = request.first(ChangeRequest.class);
        if (kind == Kind.ORDINARY && change.isPresent()) {
            return reply(
                    MessageClass.ERROR,
                    at,
                    from,
                    request,
                    List.of(new ErrorCode(420, ""), new UnknownAttributes(List.of(AttributeType.CHANGE_REQUEST))));
        }
        var source = at;
        if (change.isPresent() && kind != Kind.UNMOVED) {
            if (kind == Kind.BOASTFUL) {
                return Optional.empty();
            }
            var opposite = new Endpoint(
                    at.address().equals(primary.address()) ? other.address() : primary.address(),
                    at.port() == primary.port() ? other.port() : primary.port());
            source = new Endpoint(
                    change.get().changeAddress() ? opposite.address() : at.address(),
                    change.get().changePort() ? opposite.port() : at.port());
        }
        var attributes = new ArrayList<StunAttribute>(List.of(new XorMappedAddress(from), new ResponseOrigin(source)));
        if (kind != Kind.ORDINARY) {
            attributes.add(new OtherAddress(other));
        }
        var to = request.first(ResponsePort.class)
                .filter(port -> kind != Kind.IGNORES_RESPONSE_PORT)
                .map(port -> new Endpoint(from.address(), port.port()))
                .orElse(from);
        return reply(MessageClass.SUCCESS, source, to, request, attributes);
    }

    private static Optional<Reply> reply(
            MessageClass messageClass, Endpoint at, Endpoint to, StunMessage request, List<StunAttribute> attributes) {
        return Optional.of(
                new Reply(at, to, new StunMessage(messageClass, StunMessage.BINDING, request.id(), attributes, true)));
    }
}
