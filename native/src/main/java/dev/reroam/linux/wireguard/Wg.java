package dev.reroam.linux.wireguard;

import dev.reroam.linux.netlink.AttributeNames;

/** The numbers of linux/wireguard.h, and the names of its attributes for error messages. */
final class Wg {

    /** {@code WG_GENL_NAME} */
    static final String FAMILY = "wireguard";
    /** {@code WG_GENL_VERSION} */
    static final int VERSION = 1;

    // enum wg_cmd
    static final int GET_DEVICE = 0;
    static final int SET_DEVICE = 1;

    // enum wgdevice_attribute
    static final int DEVICE_IFINDEX = 1;
    static final int DEVICE_IFNAME = 2;
    static final int DEVICE_PRIVATE_KEY = 3;
    static final int DEVICE_PUBLIC_KEY = 4;
    static final int DEVICE_LISTEN_PORT = 6;
    static final int DEVICE_FWMARK = 7;
    static final int DEVICE_PEERS = 8;
    static final AttributeNames DEVICE = AttributeNames.of(
            "WGDEVICE_A",
            "UNSPEC",
            "IFINDEX",
            "IFNAME",
            "PRIVATE_KEY",
            "PUBLIC_KEY",
            "FLAGS",
            "LISTEN_PORT",
            "FWMARK",
            "PEERS");

    // enum wgpeer_attribute
    static final int PEER_PUBLIC_KEY = 1;
    static final int PEER_PRESHARED_KEY = 2;
    static final int PEER_FLAGS = 3;
    static final int PEER_ENDPOINT = 4;
    static final int PEER_PERSISTENT_KEEPALIVE_INTERVAL = 5;
    static final int PEER_LAST_HANDSHAKE_TIME = 6;
    static final int PEER_RX_BYTES = 7;
    static final int PEER_TX_BYTES = 8;
    static final int PEER_ALLOWEDIPS = 9;
    static final AttributeNames PEER = AttributeNames.of(
            "WGPEER_A",
            "UNSPEC",
            "PUBLIC_KEY",
            "PRESHARED_KEY",
            "FLAGS",
            "ENDPOINT",
            "PERSISTENT_KEEPALIVE_INTERVAL",
            "LAST_HANDSHAKE_TIME",
            "RX_BYTES",
            "TX_BYTES",
            "ALLOWEDIPS",
            "PROTOCOL_VERSION");

    // enum wgpeer_flag
    static final int PEER_F_UPDATE_ONLY = 1 << 2;

    // enum wgallowedip_attribute
    static final int ALLOWEDIP_FAMILY = 1;
    static final int ALLOWEDIP_IPADDR = 2;
    static final int ALLOWEDIP_CIDR_MASK = 3;
    static final AttributeNames ALLOWEDIP =
            AttributeNames.of("WGALLOWEDIP_A", "UNSPEC", "FAMILY", "IPADDR", "CIDR_MASK");

    /** Of the lists of peers and allowed IPs: what the entries are numbered, which is not at all. */
    static final int ENTRY = 0;

    static final AttributeNames ENTRIES = AttributeNames.of("entry");

    private Wg() {}
}
