package dev.reroam.names;

import dev.reroam.linux.ip.IpAddress;
import java.util.ArrayList;
import java.util.List;

/** The name servers that a file in the form of resolv.conf(5) names. Pure, and forgiving: what is no address is passed over. */
public final class ResolvConf {

    /** resolv.h MAXNS: more are not asked by anybody. */
    private static final int MOST = 3;

    private ResolvConf() {}

    /** The servers, in the order in which they are to be asked. */
    public static List<IpAddress> servers(String text) {
        var servers = new ArrayList<IpAddress>();
        text.lines().map(String::strip).forEach(line -> {
            String[] words = line.split("\\s+", -1);
            if (words.length >= 2 && words[0].equals("nameserver") && servers.size() < MOST) {
                // A link-local server has its interface behind a percent sign; the outlet says that better.
                int scope = words[1].indexOf('%');
                try {
                    servers.add(IpAddress.parse(scope < 0 ? words[1] : words[1].substring(0, scope)));
                } catch (IllegalArgumentException e) {
                    // The file is not ours to judge: the others are asked.
                    return;
                }
            }
        });
        return List.copyOf(servers);
    }
}
