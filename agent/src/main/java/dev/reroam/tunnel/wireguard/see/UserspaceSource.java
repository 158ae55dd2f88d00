package dev.reroam.tunnel.wireguard.see;

import dev.reroam.linux.route.Link;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.tunnel.wireguard.UapiAnswer;
import dev.reroam.tunnel.wireguard.UapiClient;
import dev.reroam.tunnel.wireguard.UapiClients;
import java.util.function.Consumer;

/** A device behind a daemon's socket. Confined to the agent loop. */
final class UserspaceSource implements DeviceSource {

    private final UapiClients clients;
    private final UapiClient client;
    private final Link link;

    UserspaceSource(UapiClients clients, Link link, String socket) {
        this.clients = clients;
        this.client = clients.open(link.name(), socket);
        this.link = link;
    }

    @Override
    public void read(Consumer<DeviceReading> then) {
        client.read(link.index(), answer -> then.accept(reading(answer)));
    }

    @Override
    public void close() {
        // A successor may have the name by now.
        if (clients.of(link.name()).filter(client::equals).isPresent()) {
            clients.close(link.name());
        }
    }

    private DeviceReading reading(UapiAnswer answer) {
        return switch (answer) {
            case UapiAnswer.Told told ->
                new DeviceReading.Told(
                        told.device(),
                        told.notChangeable().isPresent() ? DeviceKind.OBSERVED : DeviceKind.USERSPACE,
                        told.notChangeable().orElse(""));
            case UapiAnswer.Absent absent ->
                new DeviceReading.NoDevice("no daemon at " + client.path() + ": " + absent.errno());
            case UapiAnswer.Elsewhere elsewhere ->
                new DeviceReading.NoDevice("its daemon lives in another network namespace");
            case UapiAnswer.Refused refused ->
                DeviceReading.failed(refused.errno(), "the daemon refused: " + refused.errno());
            case UapiAnswer.Unusable unusable ->
                DeviceReading.failed(unusable.errno(), unusable.operation() + ": " + unusable.errno());
            case UapiAnswer.NotChangeable not -> throw new IllegalStateException("reading changes nothing: " + not);
            case UapiAnswer.Accepted accepted -> throw new IllegalStateException("not an answer to reading");
            case UapiAnswer.Silent silent -> new DeviceReading.Failed("the daemon does not answer", false);
            case UapiAnswer.Garbled garbled ->
                new DeviceReading.Failed(
                        "the daemon's answer cannot be understood: "
                                + garbled.why().getMessage(),
                        true);
        };
    }
}
