package dev.reroam.portmap.upnp;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.portmap.gateway.Octets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * A device description (UDA section 2), as far as it concerns port mapping. Immutable.
 *
 * @param model manufacturer and model as the device writes them, printable, at most 80 characters; empty when it says none
 * @param services that map ports and are on the gateway itself, the preferred first; at most 6
 * @param refused how many control links named another host or scheme
 */
public record Description(Optional<String> model, List<Service> services, int refused) {

    private static final int MOST_SERVICES = 6;
    private static final int LONGEST_MODEL = 80;

    public Description {
        services = List.copyOf(services);
    }

    /**
     * Reads a description.
     *
     * @param from where it came from
     * @param gateway the only host whose links count, by its address or by the name that {@code from} gave it
     */
    public static Description read(Octets octets, Link from, IpAddress gateway) throws XmlException {
        XmlElement root = XmlReader.read(octets);
        Link base = root.textOf("URLBase")
                .flatMap(text -> from.resolve(text, gateway))
                .orElse(from);
        List<Service> services = new ArrayList<>();
        int refused = 0;
        Deque<XmlElement> left = new ArrayDeque<>(List.of(root));
        while (!left.isEmpty()) {
            XmlElement element = left.poll();
            element.children().forEach(left::add);
            var type = element.name().equals("service") ? type(element) : Optional.<Service.Type>empty();
            if (type.isEmpty()) {
                continue;
            }
            var control = element.textOf("controlURL").flatMap(text -> base.resolve(text, gateway));
            var events = element.textOf("eventSubURL").flatMap(text -> base.resolve(text, gateway));
            if (control.isEmpty()) {
                refused++;
            } else {
                services.add(new Service(type.get(), control.get(), events));
            }
        }
        services.sort(Comparator.comparing(Service::type));
        return new Description(
                root.child("device").flatMap(Description::model),
                services.subList(0, Math.min(services.size(), MOST_SERVICES)),
                refused);
    }

    private static Optional<Service.Type> type(XmlElement service) {
        return service.textOf("serviceType")
                .flatMap(urn -> java.util.Arrays.stream(Service.Type.values())
                        .filter(type -> type.urn().equals(urn))
                        .findFirst());
    }

    private static Optional<String> model(XmlElement device) {
        String text = device.textOf("manufacturer").orElse("") + " "
                + device.textOf("modelName")
                        .or(() -> device.textOf("friendlyName"))
                        .orElse("");
        String printable = text.replaceAll("[^\\x20-\\x7e]", "?").strip();
        return printable.isEmpty()
                ? Optional.empty()
                : Optional.of(printable.substring(0, Math.min(printable.length(), LONGEST_MODEL)));
    }
}
