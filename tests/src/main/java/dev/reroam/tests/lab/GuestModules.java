package dev.reroam.tests.lab;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The modules that the guest loads at its start, because it cannot load any later. Adding one to the text is all that a
 * scenario with a new kind of device or rule needs.
 */
final class GuestModules {

    /** In the order of loading; what they stand on comes by itself. A question mark: not every kernel has it. */
    static final String NEEDED = """
            virtio_pci 9pnet_virtio 9p overlay
            wireguard veth dummy bridge tun macvlan vrf 8021q ifb
            sch_netem sch_tbf sch_prio sch_ingress cls_u32 cls_matchall act_mirred
            ppp_generic ppp_async ppp_synctty pppox pppoe
            ?crc32c_generic nf_conntrack nf_conntrack_netlink nf_nat nf_tables nfnetlink_log nfnetlink_queue nf_log_syslog
            nft_chain_nat nft_compat nft_connlimit nft_ct nft_fib nft_fib_inet nft_fib_ipv4 nft_fib_ipv6 nft_hash
            nft_limit nft_log nft_masq nft_nat nft_numgen nft_objref nft_queue nft_quota nft_redir nft_reject
            nft_reject_inet nft_reject_ipv4 nft_reject_ipv6 nft_socket nft_tproxy nft_flow_offload
            xt_MASQUERADE xt_nat xt_REDIRECT xt_NETMAP xt_conntrack xt_state xt_CT xt_mark xt_connmark xt_owner
            xt_statistic xt_comment xt_addrtype xt_limit xt_hashlimit xt_multiport xt_tcpudp xt_length xt_u32 xt_bpf
            xt_string xt_recent xt_mac xt_pkttype xt_policy xt_TCPMSS xt_tcpmss xt_LOG xt_TPROXY xt_socket
            ipt_REJECT ip6t_REJECT ipt_rpfilter ip6t_rpfilter ip6t_NPT
            inet_diag tcp_diag udp_diag raw_diag unix_diag netlink_diag af_packet_diag
            """;

    private GuestModules() {}

    /**
     * The files to load, each after all that it stands on.
     *
     * @param modulesDep lines of depmod's {@code modules.dep}: a file, a colon, and all that it stands on, directly or
     *     not, the last one first
     * @param builtIn lines of {@code modules.builtin}: files that need no loading
     * @throws IOException naming the wanted modules that the kernel lacks
     */
    static List<String> loadOrder(String wanted, List<String> modulesDep, List<String> builtIn) throws IOException {
        var needs = new HashMap<String, List<String>>();
        for (var line : modulesDep) {
            var colon = line.indexOf(':');
            var files = new ArrayList<>(List.of(line.substring(colon + 1).trim().split(" +", -1)));
            files.remove("");
            files.addFirst(line.substring(0, colon));
            needs.put(name(files.getFirst()), files.reversed());
        }
        var present = Set.copyOf(builtIn.stream().map(GuestModules::name).toList());
        var order = new LinkedHashSet<String>();
        var lacking = new ArrayList<String>();
        for (var word : wanted.trim().split("\\s+", -1)) {
            var name = name(word.replace("?", ""));
            if (needs.containsKey(name)) {
                order.addAll(needs.getOrDefault(name, List.of()));
            } else if (!present.contains(name) && !word.startsWith("?")) {
                lacking.add(word);
            }
        }
        if (!lacking.isEmpty()) {
            throw new IOException("the kernel has no module " + String.join(", ", lacking));
        }
        return List.copyOf(order);
    }

    /** A module's name as the kernel compares it: no directory, no suffix, one kind of dash. */
    private static String name(String file) {
        var base = file.substring(file.lastIndexOf('/') + 1);
        var dot = base.indexOf('.');
        return (dot < 0 ? base : base.substring(0, dot)).replace('-', '_');
    }
}
