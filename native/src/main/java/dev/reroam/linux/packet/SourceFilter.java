package dev.reroam.linux.packet;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.ip.IpPrefix;
import java.nio.ByteBuffer;
import java.util.List;

/** The filter that lets in the fixed IP headers of packets that come from given networks, and nothing else. Pure. */
final class SourceFilter {

    /** Ours: more networks than these are not looked for; the kernel grants a socket 20 KB for its filter and more. */
    static final int MOST_NETWORKS = 32;

    // linux/filter.h SKF_AD_OFF + SKF_AD_PKTTYPE; linux/if_packet.h PACKET_OUTGOING
    private static final int PACKET_TYPE_AT = -0x1000 + 4;
    private static final int OUTGOING = 4;

    private SourceFilter() {}

    /**
     * The program for a packet socket without link headers.
     *
     * @param from those of the other family are passed over
     */
    static ByteBuffer program(IpFamily family, List<IpPrefix> from) {
        var program = new FilterProgram();
        program.add(FilterProgram.LOAD_BYTE, PACKET_TYPE_AT);
        program.unlessEqual(OUTGOING);
        program.add(FilterProgram.RETURN, 0);
        program.land();
        from.stream()
                .filter(network -> network.family() == family)
                .limit(MOST_NETWORKS)
                .forEach(network -> accept(program, network));
        program.add(FilterProgram.RETURN, 0);
        return program.bytes();
    }

    private static void accept(FilterProgram program, IpPrefix network) {
        var words = ByteBuffer.wrap(network.address().bytes()).asIntBuffer();
        for (int i = 0; 32 * i < network.length(); i++) {
            program.add(FilterProgram.LOAD_WORD, IpHeader.sourceAt(network.family()) + 4 * i);
            int bits = Math.min(32, network.length() - 32 * i);
            if (bits < 32) {
                program.add(FilterProgram.AND, -1 << (32 - bits));
            }
            program.unlessEqual(words.get(i));
        }
        program.add(FilterProgram.RETURN, IpHeader.fixedLength(network.family()));
        program.land();
    }
}
