package dev.reroam.hooks;

import java.util.Optional;

/** What a hook told. Immutable. */
public sealed interface HookEvent {

    /**
     * mwan3 took an interface into use again, or out of use: a decision by firewall marks, which no route shows.
     *
     * @param connected false: new connections go elsewhere from now on
     * @param logical the name that the configuration has for the interface: {@code wan}
     * @param device the kernel's name; empty when the hook did not have it
     */
    record Mwan3(boolean connected, String logical, Optional<String> device) implements HookEvent {}

    /**
     * netifd changed an interface.
     *
     * @param logical the name that the configuration has for the interface: {@code wan}
     * @param device the kernel's name; empty when the hook did not have it, as at {@link NetifdAction#IFDOWN}
     */
    record Netifd(NetifdAction action, String logical, Optional<String> device) implements HookEvent {}

    /** The machine woke up from sleep. */
    record Resume() implements HookEvent {}

    /** What netifd did: ACTION of {@code hotplug.d/iface}. */
    enum NetifdAction {
        IFUP,
        IFDOWN,
        /** Addresses, routes or data changed. */
        IFUPDATE,
        /** It was to come up and did not. */
        IFUP_FAILED
    }
}
